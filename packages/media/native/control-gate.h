/**
 * How many STUN and DTLS packets of one socket are worth a look: what decides on them is JavaScript, so that a flood would cost more than
 * the packets themselves. Strangers share a few budgets by their address: one that floods uses up its own, and the peer's checks still
 * come through (threat L3). The twin of src/engine/control-gate.ts.
 */
#ifndef RINGFENCE_CONTROL_GATE_H
#define RINGFENCE_CONTROL_GATE_H

#include <algorithm>

#include "latch.h"

namespace ringfence {

/** STUN and DTLS packets are made to fit a path's MTU. */
inline constexpr std::size_t kMaxControl = 1'500;

class ControlGate {
 public:
  ControlGate() { budgets_.fill({.tokens = kBurst, .filledAt = 0}); }

  [[nodiscard]] bool stun(const Address& source, bool selected, Millis now) {
    return take(selected ? kStrangers : budgetOf(source), now);
  }

  /** Only of who may be the source, so one budget will do. */
  [[nodiscard]] bool dtls(Millis now) { return take(kStrangers + 1, now); }

 private:
  /** A browser's checks of a dozen candidate pairs begin 50 ms apart, and a handshake is ten datagrams a round. */
  static constexpr double kPerSecond = 50;
  static constexpr double kBurst = 50;
  static constexpr std::size_t kStrangers = 16;

  struct Budget {
    double tokens = 0;
    Millis filledAt = 0;
  };

  bool take(std::size_t index, Millis now) {
    Budget& budget = budgets_[index];
    budget.tokens = std::min(kBurst, budget.tokens + (now - budget.filledAt) * (kPerSecond / 1'000));
    budget.filledAt = now;
    if (budget.tokens < 1) return false;
    budget.tokens -= 1;
    return true;
  }

  /** The same for all addresses of an IPv6 host's prefix: it has as many as it likes. */
  static std::size_t budgetOf(const Address& address) {
    std::uint32_t mixed = address.words[0] ^ address.words[1];
    mixed *= 0x9e3779b1U;
    return mixed >> 28;
  }

  std::array<Budget, kStrangers + 2> budgets_;
};

}  // namespace ringfence

#endif
