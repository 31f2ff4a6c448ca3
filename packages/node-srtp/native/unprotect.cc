/**
 * SRTP to RTP and SRTCP to RTCP, in place. The order of the steps is the security and must not be tidied:
 *   1. shape           a header that ends inside the packet
 *   2. MKI             which key
 *   3. index, window   READ only: a replay costs no cipher, and is refused whatever its tag says
 *   4. authentication
 *   5. window, SSRC    WRITTEN only now: a forged packet moves no window, no rollover counter, and makes no entry
 */
#include "context.h"
#include "rtp-view.h"

namespace ringfence::srtp {
namespace {

class PacketUnprotector final : public Unprotector {
 public:
  explicit PacketUnprotector(Context context) : context_(std::move(context)) {}

  Result rtp(Octets octets, std::size_t length) override {
    if (length > octets.size()) return result::kTooShort;
    const Octets packet = part(octets, 0, length);
    const std::size_t tagLength = context_.profile.rtpTagLength;
    const std::size_t trailer = plus(tagLength, context_.mkiLength);
    if (length > kMaxDatagram) return result::kMalformed;
    // Without the trailer: a header that reaches into it is malformed.
    const Result headerLength = rtpHeaderLength(part(View(packet), 0, without(length, trailer)));
    if (headerLength < 0) return headerLength;
    const std::size_t behind = context_.behindMki(tagLength);
    KeyInUse* const key = context_.keyFor(packet, behind);
    if (key == nullptr) return result::kMki;
    const std::uint32_t ssrc = rtpSsrc(packet);
    const std::int64_t index = context_.rtp.indexFor(ssrc, rtpSequence(packet));
    if (index < 0) return static_cast<Result>(index);
    if (index > kLastRtpIndex || key->rtp.spent()) return result::kLifetime;
    const Octets bare = withoutMki(packet, *key, behind);
    const auto roc = static_cast<std::uint32_t>(index >> 16);
    const Result plain = key->cipher->openRtp(bare, static_cast<std::size_t>(headerLength), roc);
    if (plain < 0) return refused(plain, packet, bare, *key, behind);
    context_.rtp.commit(ssrc, index);
    key->rtp.take();
    return plain;
  }

  Result rtcp(Octets octets, std::size_t length) override {
    if (length > octets.size()) return result::kTooShort;
    const Octets packet = part(octets, 0, length);
    const std::size_t tagLength = context_.profile.rtcpTagLength;
    const Result shape = rtcpShape(packet, plus(plus(kSrtcpIndexLength, tagLength), context_.mkiLength));
    if (shape < 0) return shape;
    const std::size_t behind = context_.behindMki(tagLength);
    KeyInUse* const key = context_.keyFor(packet, behind);
    if (key == nullptr) return result::kMki;
    const std::uint32_t ssrc = rtcpSsrc(packet);
    // E flag and index stand before the MKI in every suite.
    const std::size_t afterWord = plus(behind, context_.mkiLength);
    const std::uint32_t word = read32(packet, without(length, plus(afterWord, kSrtcpIndexLength)));
    const std::int64_t index = word & ~kEncryptedFlag;
    const Result verdict = context_.rtcp.check(ssrc, index);
    if (verdict < 0) return verdict;
    if (key->rtcp.spent()) return result::kLifetime;
    const Octets bare = withoutMki(packet, *key, behind);
    const Result plain = key->cipher->openRtcp(bare, word);
    if (plain < 0) return refused(plain, packet, bare, *key, behind);
    context_.rtcp.commit(ssrc, index);
    key->rtcp.take();
    return plain;
  }

  [[nodiscard]] std::size_t sources() const override { return context_.rtp.count() + context_.rtcp.count(); }
  [[nodiscard]] Snapshot snapshot() const override { return context_.snapshot(); }

 private:
  /** The MKI is not authenticated text (RFC 3711 §3.1): the cipher sees the packet as if there were none. */
  static Octets withoutMki(Octets packet, const KeyInUse& key, std::size_t behind) {
    if (key.mki.empty()) return packet;
    remove(packet, packet.size(), behind, key.mki.size());
    return part(packet, 0, without(packet.size(), key.mki.size()));
  }

  /** The packet as it came. */
  static Result refused(Result code, Octets packet, Octets bare, const KeyInUse& key, std::size_t behind) {
    if (!key.mki.empty()) insert(packet, bare.size(), behind, key.mki);
    return code;
  }

  Context context_;
};

}  // namespace

std::unique_ptr<Unprotector> Unprotector::create(Suite suite, std::span<const MasterKey> keys, const Snapshot* resume) {
  Context context{.profile = profileOf(suite), .keys = {}};
  if (!context.setUp(keys, Direction::kOpen, resume, 0)) return nullptr;
  return std::make_unique<PacketUnprotector>(std::move(context));
}

}  // namespace ringfence::srtp
