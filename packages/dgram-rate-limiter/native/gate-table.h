/**
 * The table of sources in the memory that JavaScript made: the twin of src/bounded-table.ts, column for column. JavaScript promotes, bans
 * and counts; here is only what a datagram needs. Both run on one thread, one after the other.
 */
#ifndef RINGFENCE_GATE_TABLE_H
#define RINGFENCE_GATE_TABLE_H

#include "bytes.h"
#include "source-key.h"

namespace ringfence::gate {

/** Packets a second, and packets that may come at once after silence. */
struct Rate {
  double perSecond = 0;
  double burst = 0;
};

constexpr double kPacketCost = 1000;
using Slot = std::size_t;
constexpr Slot kNoSlot = SIZE_MAX;

class GateTable {
 public:
  /** @param memory aligned for numbers of 64 bits. False: it is not the memory of a table with `sets` sets. */
  [[nodiscard]] bool use(Octets memory, std::uint32_t sets, std::uint32_t seed);

  [[nodiscard]] Slot find(SourceKey key) const;
  /** A slot for a key that `find` did not find, with its first credit. */
  [[nodiscard]] Slot claim(SourceKey key, double now, const Rate& rate);
  /** Ends a ban whose time has come. */
  [[nodiscard]] bool isBanned(Slot slot, double now);
  /** 0: nothing is known of it. */
  [[nodiscard]] std::uint8_t level(Slot slot) const { return (flags_[slot] & kLevelMask) >> kLevelShift; }
  [[nodiscard]] bool wasHelped(Slot slot) const { return (flags_[slot] & kHelped) != 0; }
  /** Takes a packet's worth. False: there is none. */
  [[nodiscard]] bool take(Slot slot, double now, const Rate& rate);

 private:
  static constexpr std::size_t kWays = 8;
  static constexpr std::uint8_t kUsed = 1;
  static constexpr std::uint8_t kBanned = 2;
  static constexpr std::uint8_t kLevelShift = 2;
  static constexpr std::uint8_t kLevelMask = 3 << kLevelShift;
  static constexpr std::uint8_t kHelped = 16;

  [[nodiscard]] Slot firstSlot(SourceKey key) const;
  [[nodiscard]] bool isPinned(Slot slot, double now);
  [[nodiscard]] Slot victim(Slot start, double now);

  std::uint32_t sets_ = 0;
  std::uint32_t seed_ = 0;
  std::span<double> seenAt_;
  std::span<double> bannedUntil_;
  std::span<std::uint32_t> high_;
  std::span<std::uint32_t> low_;
  std::span<std::uint32_t> credit_;
  std::span<std::uint8_t> flags_;
};

/** Credit after `elapsed` milliseconds without a packet. A clock that went backwards brings nothing and takes nothing. */
[[nodiscard]] double refill(double credit, double elapsed, const Rate& rate);

}  // namespace ringfence::gate

#endif
