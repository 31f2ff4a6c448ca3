#include "gate-table.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace ringfence::gate {

namespace {
/** A source that registered and was silent for so long is a stranger again. */
constexpr double kLevelIdleMs = 3'600'000;
/** A stranger that took the slot of another begins with a tenth of a second. */
constexpr double kDisplacedShare = 10;

template <typename Number>
std::span<Number> column(Octets memory, std::size_t at, std::size_t count) {
  return {reinterpret_cast<Number*>(part(memory, at, count * sizeof(Number)).data()), count};
}

/** What a typed array of JavaScript makes of a credit, which never leaves its range. */
std::uint32_t whole(double credit) {
  return credit > 0 ? static_cast<std::uint32_t>(std::min(credit, 4'294'967'295.0)) : 0;
}
}  // namespace

double refill(double credit, double elapsed, const Rate& rate) {
  const double full = rate.burst * kPacketCost;
  return elapsed <= 0 ? std::min(credit, full) : std::min(credit + elapsed * rate.perSecond, full);
}

bool GateTable::use(Octets memory, std::uint32_t sets, std::uint32_t seed) {
  const std::size_t slots = std::size_t{sets} * kWays;
  const std::size_t octets = slots * 29;
  const bool aligned = reinterpret_cast<std::uintptr_t>(memory.data()) % alignof(double) == 0;
  if (!std::has_single_bit(sets) || memory.size() != octets || !aligned) return false;
  sets_ = sets;
  seed_ = seed;
  seenAt_ = column<double>(memory, 0, slots);
  bannedUntil_ = column<double>(memory, slots * 8, slots);
  high_ = column<std::uint32_t>(memory, slots * 16, slots);
  low_ = column<std::uint32_t>(memory, slots * 20, slots);
  credit_ = column<std::uint32_t>(memory, slots * 24, slots);
  flags_ = column<std::uint8_t>(memory, slots * 28, slots);
  return true;
}

Slot GateTable::firstSlot(SourceKey key) const {
  std::uint32_t hash = (key.high ^ seed_) * 0x9e3779b1U;
  hash = ((hash ^ hash >> 15 ^ key.low) + seed_) * 0x85ebca77U;
  hash = (hash ^ hash >> 13) * 0xc2b2ae3dU;
  return ((hash ^ hash >> 16) & (sets_ - 1)) * kWays;
}

Slot GateTable::find(SourceKey key) const {
  const Slot start = firstSlot(key);
  for (Slot slot = start; slot < start + kWays; slot++) {
    if (flags_[slot] != 0 && low_[slot] == key.low && high_[slot] == key.high) return slot;
  }
  return kNoSlot;
}

Slot GateTable::claim(SourceKey key, double now, const Rate& rate) {
  const Slot slot = victim(firstSlot(key), now);
  const bool displaced = flags_[slot] != 0;
  high_[slot] = key.high;
  low_[slot] = key.low;
  flags_[slot] = kUsed;
  bannedUntil_[slot] = 0;
  seenAt_[slot] = now;
  const double full = rate.burst * kPacketCost;
  const double start = std::max(kPacketCost, std::floor(rate.perSecond * kPacketCost / kDisplacedShare));
  credit_[slot] = whole(displaced ? std::min(full, start) : full);
  return slot;
}

bool GateTable::isBanned(Slot slot, double now) {
  if ((flags_[slot] & kBanned) == 0) return false;
  if (now < bannedUntil_[slot]) return true;
  flags_[slot] = static_cast<std::uint8_t>(flags_[slot] & ~kBanned);
  return false;
}

bool GateTable::take(Slot slot, double now, const Rate& rate) {
  const double credit = refill(credit_[slot], now - seenAt_[slot], rate);
  seenAt_[slot] = now;
  const bool enough = credit >= kPacketCost;
  credit_[slot] = whole(enough ? credit - kPacketCost : credit);
  return enough;
}

bool GateTable::isPinned(Slot slot, double now) {
  return isBanned(slot, now) || (level(slot) != 0 && now - seenAt_[slot] < kLevelIdleMs);
}

/** Empty, or the stranger silent for longest. JavaScript leaves two ways of each set unpinned. */
Slot GateTable::victim(Slot start, double now) {
  Slot found = kNoSlot;
  for (Slot slot = start; slot < start + kWays; slot++) {
    if (flags_[slot] == 0) return slot;
    if (isPinned(slot, now)) continue;
    if (found == kNoSlot || seenAt_[slot] < seenAt_[found]) found = slot;
  }
  return found == kNoSlot ? start : found;
}

}  // namespace ringfence::gate
