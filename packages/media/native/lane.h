/** One media socket of a pair: whose packets it takes, and what came. */
#ifndef RINGFENCE_LANE_H
#define RINGFENCE_LANE_H

#include "commands.h"
#include "latch.h"
#include "udp-socket.h"

namespace ringfence {

class Pair;

struct Lane {
  Lane(Pair& owner, Component which) : pair(owner), component(which) {}

  Pair& pair;
  const Component component;
  UdpSocket socket;
  Latch latch;
  /** Accepted since the last report. */
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  /** From foreign sources since the last report, and the most recent of these. */
  std::uint64_t foreign = 0;
  Endpoint foreignSource;
  bool latchedSinceReport = false;
};

}  // namespace ringfence

#endif
