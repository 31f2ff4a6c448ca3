/** Why a packet was not relayed. The twin of src/engine/drop-reason.ts; the binding hands the names over, and a test compares them. */
#ifndef RINGFENCE_DROP_H
#define RINGFENCE_DROP_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ringfence {

enum class Drop : std::uint8_t {
  kNotConfigured,
  kTooLarge,
  kStun,
  kDtls,
  kNotMedia,
  kBadRtp,
  kBadRtcp,
  kRtcpUnwanted,
  kRtcpOnRtpPort,
  kRtpOnRtcpPort,
  kForeignSource,
  kLearning,
  kAwaitingKeys,
  kSrtpAuthentication,
  kSrtpReplay,
  kSrtpOther,
  kConverted,
  kNoTarget,
  kProtectFailed,
  kSendFailed,
  kBug,
  /** Not a drop: the packet is well formed, or was relayed. */
  kNone,
};

inline constexpr std::size_t kDropCount = static_cast<std::size_t>(Drop::kNone);

inline constexpr std::array<std::string_view, kDropCount> kDropNames = {
    "not-configured",
    "too-large",
    "stun",
    "dtls",
    "not-media",
    "bad-rtp",
    "bad-rtcp",
    "rtcp-unwanted",
    "rtcp-on-rtp-port",
    "rtp-on-rtcp-port",
    "foreign-source",
    "learning",
    "awaiting-keys",
    "srtp-authentication",
    "srtp-replay",
    "srtp-other",
    "converted",
    "no-target",
    "protect-failed",
    "send-failed",
    "bug",
};
static_assert(!kDropNames.back().empty());

/** Packets dropped since the last report, by reason, of one thread. */
class DropCounts {
 public:
  void add(Drop reason) {
    if (reason != Drop::kNone) counts_[static_cast<std::size_t>(reason)]++;
  }
  [[nodiscard]] std::uint64_t of(std::size_t reason) const { return counts_[reason]; }
  [[nodiscard]] std::size_t kinds() const {
    std::size_t kinds = 0;
    for (const std::uint64_t count : counts_) kinds += count > 0 ? 1 : 0;
    return kinds;
  }
  void clear() { counts_.fill(0); }

 private:
  std::array<std::uint64_t, kDropCount> counts_{};
};

}  // namespace ringfence

#endif
