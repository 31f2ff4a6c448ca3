/**
 * HOT PATH: from a received datagram to the datagram that leaves by the other leg. Nothing is allocated, nothing thrown, no position
 * computed from a packet outside bytes.h. Benchmark: test/bench/relay.ts.
 *
 * The order is security (threat L2): shape, then source (`peek`, no state), then authentication and replay window, and only a packet that
 * passed those may teach an address, be counted as media or be relayed. The twin of src/engine/lane.ts.
 */
#ifndef RINGFENCE_RELAY_H
#define RINGFENCE_RELAY_H

#include "classify.h"
#include "events.h"
#include "pair.h"

namespace ringfence {

/** The most a packet grows by when it is protected, and the room it needs for that. */
inline constexpr std::size_t kTagRoom = 76;
inline constexpr std::size_t kPacketRoom = kMaxPacket + kTagRoom;

/** With more octets of events uncollected than this nothing is added that a peer can cause, and no report made. */
inline constexpr std::size_t kBacklogLimit = 1'048'576;

/** What the packets of one thread share. */
struct RelayState {
  explicit RelayState(std::uint32_t seed) : maskSeed(seed) {}

  Millis now = 0;
  /** Octets of events that JavaScript has not collected. */
  std::size_t backlog = 0;
  DropCounts drops;
  EventLog events;
  /** Source descriptions become the same letters on every thread of a process. */
  const std::uint32_t maskSeed;
};

/** `room` begins with the datagram; it is changed in place, and its end is room for a tag. False: it was dropped. */
bool relay(Lane& lane, Octets room, const Datagram& datagram, RelayState& state);

}  // namespace ringfence

#endif
