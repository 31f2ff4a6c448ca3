/** One media socket of a pair: whose packets it takes, and what came. */
#ifndef RINGFENCE_LANE_H
#define RINGFENCE_LANE_H

#include <memory>

#include "commands.h"
#include "control-gate.h"
#include "peer.h"
#include "srtp.h"
#include "suspects.h"
#include "udp-socket.h"

namespace ringfence {

class Pair;

/** SRTP of one socket's packets. The contexts are kept by the pair. */
struct SocketKeys {
  bool awaited = false;
  /** SRTP is agreed, whether or not a context could be made: nothing then passes in clear. */
  bool secureIn = false;
  bool secureOut = false;
  srtp::Unprotector* inbound = nullptr;
  srtp::Protector* outbound = nullptr;
};

struct Lane {
  Lane(Pair& owner, Component which) : pair(owner), component(which) {}
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  Pair& pair;
  const Component component;
  /** None for a lane that is bundled on another one. */
  UdpSocket socket;
  SocketKeys keys;
  Peer peer;
  /** Whose socket, keys and peer this lane sends with: its own, or the one it is multiplexed or bundled on. */
  Lane* carrier = this;
  bool configured = false;
  bool latchedSinceReport = false;
  /** Accepted since the last report. */
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  SuspectsByKind suspects;

  /** Most sockets never hear a control packet: budgets are made with the first. */
  [[nodiscard]] ControlGate& gate() {
    if (gate_ == nullptr) gate_ = std::make_unique<ControlGate>();
    return *gate_;
  }

 private:
  std::unique_ptr<ControlGate> gate_;
};

}  // namespace ringfence

#endif
