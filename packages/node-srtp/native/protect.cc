/** RTP to SRTP and RTCP to SRTCP, in place. */
#include "context.h"
#include "rtp-view.h"

namespace ringfence::srtp {
namespace {

/** RTCP packets that may have been sent after the snapshot was taken: their indices must not be used again. */
constexpr std::int64_t rtcp_resume_gap = 0x10000;
constexpr std::int64_t last_rtcp_index = static_cast<std::int64_t>(rtcp_lifetime) - 1;

class PacketProtector final : public Protector {
 public:
  explicit PacketProtector(Context context) : context_(std::move(context)) {}

  Result rtp(Octets buffer, std::size_t length) override {
    if (length > buffer.size()) return result::too_short;
    const View packet = part(View(buffer), 0, length);
    const Result header_length = rtp_header_length(packet);
    if (header_length < 0) return header_length;
    const std::size_t tag_length = context_.profile.rtp_tag_length;
    if (!holds(buffer, length, plus(tag_length, context_.mki_length))) return result::capacity;
    KeyInUse& key = context_.keys[0];
    const std::uint32_t ssrc = rtp_ssrc(packet);
    const std::int64_t index = context_.rtp.index_for(ssrc, rtp_sequence(packet));
    if (index < 0) return static_cast<Result>(index);
    if (index > last_rtp_index || key.rtp.spent()) return result::lifetime;
    const auto roc = static_cast<std::uint32_t>(index >> 16);
    const Result sealed = key.cipher->seal_rtp(buffer, static_cast<std::size_t>(header_length), length, roc);
    if (sealed < 0) return sealed;
    context_.rtp.commit(ssrc, index);
    key.rtp.take();
    return with_mki(buffer, sealed, key, tag_length);
  }

  Result rtcp(Octets buffer, std::size_t length) override {
    if (length > buffer.size()) return result::too_short;
    const View packet = part(View(buffer), 0, length);
    const Result shape = rtcp_shape(packet, 0);
    if (shape < 0) return shape;
    const std::size_t tag_length = context_.profile.rtcp_tag_length;
    const std::size_t growth = plus(plus(srtcp_index_length, tag_length), context_.mki_length);
    if (!holds(buffer, length, growth)) return result::capacity;
    KeyInUse& key = context_.keys[0];
    const std::uint32_t ssrc = rtcp_ssrc(packet);
    // The first index is 1, as in every deployed implementation: some receivers take 0 for "none yet".
    const std::int64_t index = context_.rtcp.highest(ssrc).value_or(0) + 1;
    const Result verdict = context_.rtcp.check(ssrc, index);
    if (verdict < 0) return verdict;
    if (index > last_rtcp_index || key.rtcp.spent()) return result::lifetime;
    const Result sealed = key.cipher->seal_rtcp(buffer, length, static_cast<std::uint32_t>(index));
    if (sealed < 0) return sealed;
    context_.rtcp.commit(ssrc, index);
    key.rtcp.take();
    return with_mki(buffer, sealed, key, tag_length);
  }

  [[nodiscard]] bool exhausted() const override {
    return context_.keys[0].rtp.spent() || context_.keys[0].rtcp.spent();
  }

  [[nodiscard]] Snapshot snapshot() const override { return context_.snapshot(); }

 private:
  Result with_mki(Octets buffer, Result sealed, const KeyInUse& key, std::size_t tag_length) const {
    if (key.mki.empty()) return sealed;
    const auto length = static_cast<std::size_t>(sealed);
    insert(buffer, length, context_.behind_mki(tag_length), key.mki);
    return static_cast<Result>(plus(length, key.mki.size()));
  }

  Context context_;
};

}  // namespace

std::unique_ptr<Protector> Protector::create(Suite suite, const MasterKey& key, const Snapshot* resume) {
  Context context{.profile = profile_of(suite), .keys = {}};
  if (!context.set_up({&key, 1}, Direction::seal, resume, rtcp_resume_gap)) return nullptr;
  return std::make_unique<PacketProtector>(std::move(context));
}

}  // namespace ringfence::srtp
