/** One media socket of a pair: whose packets it takes, and what came. */
#ifndef RINGFENCE_LANE_H
#define RINGFENCE_LANE_H

#include "commands.h"
#include "control-gate.h"
#include "peer.h"
#include "udp-socket.h"

namespace ringfence {

class Pair;

struct Lane {
  Lane(Pair& owner, Component which) : pair(owner), component(which) {}
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  Pair& pair;
  const Component component;
  /** None for a lane that is bundled on another one. */
  UdpSocket socket;
  Peer peer;
  ControlGate gate;
  /** Whose socket, keys and peer this lane sends with: its own, or the one it is multiplexed or bundled on. */
  Lane* carrier = this;
  bool configured = false;
  bool latchedSinceReport = false;
  /** Accepted since the last report. */
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  /** From foreign sources since the last report, and the most recent of these. */
  std::uint64_t foreign = 0;
  Endpoint foreignSource;
};

}  // namespace ringfence

#endif
