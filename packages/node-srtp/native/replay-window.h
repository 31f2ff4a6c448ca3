/**
 * Which of the last packets were seen (RFC 3711 §3.3.2), the twin of src/replay-window.ts: a ring of bits over the packet index, in the manner of
 * RFC 6479. `check` only reads and `mark` only writes, because the order is the security: check, authenticate, mark.
 */
#ifndef RINGFENCE_SRTP_REPLAY_WINDOW_H
#define RINGFENCE_SRTP_REPLAY_WINDOW_H

#include <algorithm>
#include <array>
#include <cstdint>

#include "result.h"

namespace ringfence::srtp {

class ReplayWindow {
  static constexpr std::int64_t kWords = 8;
  static constexpr std::int64_t kBitsPerWord = 32;
  static constexpr std::int64_t kRing = kWords * kBitsPerWord;

 public:
  /** Packets that may arrive late and still be judged: one word less than the ring, which is being refilled. RFC: at least 64. */
  static constexpr std::int64_t kSize = kRing - kBitsPerWord;

  /** `highest` is the first index seen; `mark` it as well. */
  explicit ReplayWindow(std::int64_t highest) : highest_(highest) {}

  /** A window after a restart: what was seen is not known any more, so all up to `highest` counts as seen. */
  static ReplayWindow resumedAt(std::int64_t highest) {
    ReplayWindow window(highest);
    window.bits_.fill(0xffff'ffff);
    return window;
  }

  [[nodiscard]] std::int64_t highest() const { return highest_; }

  /** 0 when `index` is new, else `kReplay` or `kOld`. `index` is never negative. */
  [[nodiscard]] Result check(std::int64_t index) const {
    if (index > highest_) return 0;
    if (index <= highest_ - kSize) return result::kOld;
    return (bits_[wordOf(index)] & bitOf(index)) == 0 ? 0 : result::kReplay;
  }

  /** Only for an index that `check` let pass and whose packet has authenticated since. */
  void mark(std::int64_t index) {
    if (index > highest_) advance(index);
    bits_[wordOf(index)] |= bitOf(index);
  }

 private:
  static std::size_t wordOf(std::int64_t index) { return static_cast<std::size_t>(index / kBitsPerWord % kWords); }
  static std::uint32_t bitOf(std::int64_t index) { return std::uint32_t{1} << (index % kBitsPerWord); }

  void advance(std::int64_t index) {
    const std::int64_t first = highest_ / kBitsPerWord;
    const std::int64_t steps = std::min(index / kBitsPerWord - first, kWords);
    for (std::int64_t step = 1; step <= steps; step++) bits_[static_cast<std::size_t>((first + step) % kWords)] = 0;
    highest_ = index;
  }

  std::int64_t highest_;
  std::array<std::uint32_t, kWords> bits_{};
};

}  // namespace ringfence::srtp

#endif
