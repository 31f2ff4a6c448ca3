/**
 * Is this datagram worth reading? The twin of src/gate.ts: the same table in the same memory, the same answer. What the two share beside the
 * tables are the registers, numbers at the places of src/gate-registers.ts.
 */
#ifndef RINGFENCE_GATE_H
#define RINGFENCE_GATE_H

#include "address-ranges.h"
#include "gate-table.h"

namespace ringfence::gate {

/** The numbers of src/gate-verdict.ts. */
enum class Verdict : std::uint8_t {
  kPass,
  kOverRate,
  kBanned,
  kJunkShape,
  kOversize,
  kNoAddress,
  kStrangersFull,
  kDenied,
  kShared,
};

/** A datagram as the gate sees it. `firstOctet` of an empty one does not matter. */
struct Look {
  Source source;
  std::size_t size = 0;
  std::uint8_t firstOctet = 0;
};

class Gate {
 public:
  /** False: the memories do not belong together. */
  [[nodiscard]] bool use(Octets table, Octets networks, std::span<double> registers);

  /** @param now whole milliseconds of the clock that JavaScript's gate is asked with */
  [[nodiscard]] Verdict admit(double now, const Look& look);

  /** False: what a rate or a ban refuses shall be told, and goes on. */
  [[nodiscard]] bool isEnforced() const;

  /** Counts a datagram that JavaScript will not hear of. */
  void refuse(Verdict verdict);

  AddressRanges exempt;
  AddressRanges denied;

 private:
  [[nodiscard]] Verdict admitNew(SourceKey key, double now);
  [[nodiscard]] Verdict admitKnown(SourceKey key, Slot slot, double now);
  [[nodiscard]] Verdict admitNetwork(SourceKey key, double now);
  [[nodiscard]] bool isNetworkBanned(SourceKey key, double now);
  [[nodiscard]] bool takeOfStrangers(double now);
  [[nodiscard]] Rate rate(std::size_t place) const { return {registers_[place], registers_[place + 1]}; }

  GateTable table_;
  GateTable networks_;
  std::span<double> registers_;
};

}  // namespace ringfence::gate

#endif
