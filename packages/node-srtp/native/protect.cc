/** RTP to SRTP and RTCP to SRTCP, in place. */
#include "context.h"
#include "rtp-view.h"

namespace ringfence::srtp {
namespace {

/** RTCP packets that may have been sent after the snapshot was taken: their indices must not be used again. */
constexpr std::int64_t kRtcpResumeGap = 0x10000;
constexpr std::int64_t kLastRtcpIndex = static_cast<std::int64_t>(kRtcpLifetime) - 1;

class PacketProtector final : public Protector {
 public:
  explicit PacketProtector(Context context) : context_(std::move(context)) {}

  Result rtp(Octets buffer, std::size_t length) override {
    if (length > buffer.size()) return result::kTooShort;
    const View packet = part(View(buffer), 0, length);
    const Result headerLength = rtpHeaderLength(packet);
    if (headerLength < 0) return headerLength;
    const std::size_t tagLength = context_.profile.rtpTagLength;
    if (!holds(buffer, length, plus(tagLength, context_.mkiLength))) return result::kCapacity;
    KeyInUse& key = context_.keys[0];
    const std::uint32_t ssrc = rtpSsrc(packet);
    const std::int64_t index = context_.rtp.indexFor(ssrc, rtpSequence(packet));
    if (index < 0) return static_cast<Result>(index);
    if (index > kLastRtpIndex || key.rtp.spent()) return result::kLifetime;
    const auto roc = static_cast<std::uint32_t>(index >> 16);
    const Result sealed = key.cipher->sealRtp(buffer, static_cast<std::size_t>(headerLength), length, roc);
    if (sealed < 0) return sealed;
    context_.rtp.commit(ssrc, index);
    key.rtp.take();
    return withMki(buffer, sealed, key, tagLength);
  }

  Result rtcp(Octets buffer, std::size_t length) override {
    if (length > buffer.size()) return result::kTooShort;
    const View packet = part(View(buffer), 0, length);
    const Result shape = rtcpShape(packet, 0);
    if (shape < 0) return shape;
    const std::size_t tagLength = context_.profile.rtcpTagLength;
    const std::size_t growth = plus(plus(kSrtcpIndexLength, tagLength), context_.mkiLength);
    if (!holds(buffer, length, growth)) return result::kCapacity;
    KeyInUse& key = context_.keys[0];
    const std::uint32_t ssrc = rtcpSsrc(packet);
    // The first index is 1, as in every deployed implementation: some receivers take 0 for "none yet".
    const std::int64_t index = context_.rtcp.highest(ssrc).value_or(0) + 1;
    const Result verdict = context_.rtcp.check(ssrc, index);
    if (verdict < 0) return verdict;
    if (index > kLastRtcpIndex || key.rtcp.spent()) return result::kLifetime;
    const Result sealed = key.cipher->sealRtcp(buffer, length, static_cast<std::uint32_t>(index));
    if (sealed < 0) return sealed;
    context_.rtcp.commit(ssrc, index);
    key.rtcp.take();
    return withMki(buffer, sealed, key, tagLength);
  }

  [[nodiscard]] bool exhausted() const override {
    return context_.keys[0].rtp.spent() || context_.keys[0].rtcp.spent();
  }

  [[nodiscard]] Snapshot snapshot() const override { return context_.snapshot(); }

 private:
  Result withMki(Octets buffer, Result sealed, const KeyInUse& key, std::size_t tagLength) const {
    if (key.mki.empty()) return sealed;
    const auto length = static_cast<std::size_t>(sealed);
    insert(buffer, length, context_.behindMki(tagLength), key.mki);
    return static_cast<Result>(plus(length, key.mki.size()));
  }

  Context context_;
};

}  // namespace

std::unique_ptr<Protector> Protector::create(Suite suite, const MasterKey& key, const Snapshot* resume) {
  Context context{.profile = profileOf(suite), .keys = {}};
  if (!context.setUp({&key, 1}, Direction::kSeal, resume, kRtcpResumeGap)) return nullptr;
  return std::make_unique<PacketProtector>(std::move(context));
}

}  // namespace ringfence::srtp
