/** Who the far end of one socket is: the source that ICE selected, or else the one that latch.h found. The twin of src/engine/peer.ts. */
#ifndef RINGFENCE_PEER_H
#define RINGFENCE_PEER_H

#include "latch.h"

namespace ringfence {

class Peer {
 public:
  /** With ICE what was selected stays over a configure; without it, it is forgotten. */
  void configure(const SocketRules& rules, bool ice, Millis now) {
    if (!ice) selected_ = {};
    selects_ = ice;
    latch.configure(rules, now);
  }

  /** Port 0: nobody. */
  void select(const Endpoint& source) { selected_ = source; }

  [[nodiscard]] bool isSelected(const Endpoint& from) const { return selected_.port != 0 && from == selected_; }

  /** Port 0 while there is nowhere to send to. */
  [[nodiscard]] const Endpoint& target() const { return selects_ ? selected_ : latch.target(); }

  /** See Latch::peek. */
  [[nodiscard]] Verdict peek(const Endpoint& from, Millis now) const {
    if (!selects_) return latch.peek(from, now);
    return isSelected(from) ? Verdict::kAccepted : Verdict::kForeign;
  }

  /** See Latch::accept. What ICE selected needs no packets to prove itself. */
  Verdict accept(const Endpoint& from, std::uint32_t ssrc, std::uint8_t payloadType, Millis now) {
    return selects_ ? Verdict::kAccepted : latch.accept(from, ssrc, payloadType, now);
  }

  Latch latch;

 private:
  bool selects_ = false;
  Endpoint selected_;
};

}  // namespace ringfence

#endif
