/**
 * What one context knows about each SSRC: the highest index and the replay window. The twin of src/source-table.ts and src/rollover.ts, which say
 * why nothing is ever forgotten. `indexFor` and `check` only read; `commit` only writes, after authentication or after sealing.
 */
#ifndef RINGFENCE_SRTP_SOURCE_TABLE_H
#define RINGFENCE_SRTP_SOURCE_TABLE_H

#include <optional>
#include <span>
#include <vector>

#include "replay-window.h"
#include "srtp.h"

namespace ringfence::srtp {

/** The last index a master key may be used with: the rollover counter must never come round to 0 again (RFC 3711 §3.3.1). */
inline constexpr std::int64_t kLastRtpIndex = (std::int64_t{1} << 48) - 1;

/** RFC 3711 §3.3.1 and appendix A; negative for a packet from before the first rollover of a stream whose first packet came after it. */
[[nodiscard]] constexpr std::int64_t estimateIndex(std::int64_t highest, std::uint16_t sequence) {
  constexpr std::int64_t span = 0x10000;
  constexpr std::int64_t half = 0x8000;
  const std::int64_t highestSequence = highest % span;
  const std::int64_t current = highest - highestSequence;
  if (highestSequence < half) {
    return sequence - highestSequence > half ? current - span + sequence : current + sequence;
  }
  return highestSequence - half > sequence ? current + span + sequence : current + sequence;
}

class SourceTable {
 public:
  /**
   * `gap` is added to each index: what may have been used after the snapshot was taken. False for an index that no snapshot can hold: the window's
   * ring counts from it.
   */
  [[nodiscard]] bool resume(std::span<const SourceIndex> sources, std::int64_t gap);

  [[nodiscard]] std::size_t count() const { return ssrcs_.size(); }
  /** The estimated index of an RTP packet, or the negative code that refuses it. Reads only. */
  [[nodiscard]] std::int64_t indexFor(std::uint32_t ssrc, std::uint16_t sequence) const;
  /** 0, or the negative code that refuses this index. Reads only. */
  [[nodiscard]] Result check(std::uint32_t ssrc, std::int64_t index) const;
  /** The highest index of an SSRC; nothing before its first packet. */
  [[nodiscard]] std::optional<std::int64_t> highest(std::uint32_t ssrc) const;
  /** Records an index that was let pass and whose packet is genuine. */
  void commit(std::uint32_t ssrc, std::int64_t index);
  [[nodiscard]] std::vector<SourceIndex> snapshot() const;

 private:
  static constexpr std::size_t kNowhere = SIZE_MAX;
  [[nodiscard]] std::size_t find(std::uint32_t ssrc) const;

  // Apart, so that a search through all of them reads 1 kB.
  std::vector<std::uint32_t> ssrcs_;
  std::vector<ReplayWindow> windows_;
  // Nearly every packet is of the same SSRC as the one before.
  std::size_t recent_ = 0;
};

}  // namespace ringfence::srtp

#endif
