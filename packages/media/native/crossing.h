/** HOT PATH: a packet in clear that was accepted goes to the other leg, and out by its socket. */
#ifndef RINGFENCE_CROSSING_H
#define RINGFENCE_CROSSING_H

#include "relay.h"

namespace ringfence {

/** A datagram, in room that is larger: what is behind it is room for a tag. */
struct Arrival {
  Octets room;
  const Datagram& datagram;

  /** A datagram longer than the room is longer than any packet: what is there of it tells its kind. */
  [[nodiscard]] Octets packet() const {
    return part(room, 0, datagram.length <= room.size() ? datagram.length : room.size());
  }
};

/** Counts the first `length` octets of the room as this lane's, and hands them over. kNone when sent, else why not. */
[[nodiscard]] Drop cross(Lane& lane, const Arrival& arrival, std::size_t length, RelayState& state);
/** The same for what is no RTP: only to a leg that expects it. */
[[nodiscard]] Drop crossOpaque(Lane& lane, const Arrival& arrival, RelayState& state);

/** Says which keys this pair's peer has pressed since the last call; to nobody while nobody listens. */
void reportPresses(Pair& pair, RelayState& state);

}  // namespace ringfence

#endif
