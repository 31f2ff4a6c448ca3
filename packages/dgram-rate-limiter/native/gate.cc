#include "gate.h"

#include <algorithm>
#include <limits>
#include <string_view>

namespace ringfence::gate {

namespace {
/** Places in the registers. */
constexpr std::size_t kLevelRates = 0;
constexpr std::size_t kNetworkRate = 6;
constexpr std::size_t kStrangersRate = 8;
constexpr std::size_t kStrangersCredit = 10;
constexpr std::size_t kStrangersAt = 11;
constexpr std::size_t kMaxSize = 12;
constexpr std::size_t kSeed = 13;
constexpr std::size_t kTableSets = 14;
constexpr std::size_t kNetworkSets = 15;
constexpr std::size_t kRefused = 16;
constexpr std::size_t kInShadow = 25;
constexpr std::size_t kRegisters = 26;
constexpr std::uint8_t kLevels = 3;

constexpr std::array<bool, 256> startOctets() {
  std::array<bool, 256> starts{};
  for (const char octet :
       std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~\r\n"}) {
    starts[static_cast<std::uint8_t>(octet)] = true;
  }
  return starts;
}
constexpr std::array<bool, 256> kStartOctets = startOctets();

std::uint32_t whole(double number) {
  const bool fits = number >= 0 && number <= std::numeric_limits<std::uint32_t>::max();
  return fits ? static_cast<std::uint32_t>(number) : 0;
}
}  // namespace

bool Gate::use(Octets table, Octets networks, std::span<double> registers) {
  if (registers.size() != kRegisters) return false;
  registers_ = registers;
  const std::uint32_t seed = whole(registers[kSeed]);
  return table_.use(table, whole(registers[kTableSets]), seed) &&
         networks_.use(networks, whole(registers[kNetworkSets]), seed);
}

Verdict Gate::admit(double now, const Look& look) {
  if (denied.has(look.source)) return Verdict::kDenied;
  if (exempt.has(look.source)) return Verdict::kPass;
  if (static_cast<double>(look.size) > registers_[kMaxSize]) return Verdict::kOversize;
  if (look.size == 0 || !kStartOctets[look.firstOctet]) return Verdict::kJunkShape;
  const SourceKey key = SourceKey::of(look.source);
  const Slot slot = table_.find(key);
  return slot == kNoSlot ? admitNew(key, now) : admitKnown(key, slot, now);
}

bool Gate::isEnforced() const { return registers_[kInShadow] == 0; }

void Gate::refuse(Verdict verdict) { registers_[kRefused + static_cast<std::size_t>(verdict)] += 1; }

Verdict Gate::admitNew(SourceKey key, double now) {
  const Verdict verdict = admitNetwork(key, now);
  if (verdict != Verdict::kPass) return verdict;
  if (!takeOfStrangers(now)) return Verdict::kStrangersFull;
  (void)table_.take(table_.claim(key, now, rate(kLevelRates)), now, rate(kLevelRates));
  return Verdict::kPass;
}

Verdict Gate::admitKnown(SourceKey key, Slot slot, double now) {
  const std::uint8_t level = std::min<std::uint8_t>(table_.level(slot), kLevels - 1);
  const bool stranger = level == 0;
  if (table_.isBanned(slot, now) || isNetworkBanned(key, now)) return stranger ? Verdict::kBanned : Verdict::kShared;
  if (!table_.take(slot, now, rate(kLevelRates + std::size_t{2} * level))) return Verdict::kOverRate;
  if (!stranger) return Verdict::kPass;
  const Verdict verdict = admitNetwork(key, now);
  if (verdict != Verdict::kPass || table_.wasHelped(slot)) return verdict;
  return takeOfStrangers(now) ? Verdict::kPass : Verdict::kStrangersFull;
}

Verdict Gate::admitNetwork(SourceKey key, double now) {
  if (!key.hasNetwork()) return Verdict::kPass;
  const SourceKey network = key.network();
  const Slot known = networks_.find(network);
  if (known != kNoSlot && networks_.isBanned(known, now)) return Verdict::kBanned;
  const Slot slot = known != kNoSlot ? known : networks_.claim(network, now, rate(kNetworkRate));
  return networks_.take(slot, now, rate(kNetworkRate)) ? Verdict::kPass : Verdict::kOverRate;
}

bool Gate::isNetworkBanned(SourceKey key, double now) {
  if (!key.hasNetwork()) return false;
  const Slot network = networks_.find(key.network());
  return network != kNoSlot && networks_.isBanned(network, now);
}

bool Gate::takeOfStrangers(double now) {
  const Rate all = rate(kStrangersRate);
  // 0: no limit.
  if (all.perSecond == 0) return true;
  double& credit = registers_[kStrangersCredit];
  credit = refill(credit, now - registers_[kStrangersAt], all);
  registers_[kStrangersAt] = now;
  if (credit < kPacketCost) return false;
  credit -= kPacketCost;
  return true;
}

}  // namespace ringfence::gate
