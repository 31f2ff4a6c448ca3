#include "crossing.h"

namespace ringfence {

namespace {
srtp::Result protect(const SocketKeys& keys, Component component, Octets room, std::size_t length) {
  if (keys.outbound == nullptr) return srtp::result::kLifetime;
  return component == Component::kRtp ? keys.outbound->rtp(room, length) : keys.outbound->rtcp(room, length);
}

/** What of an RTP packet goes on: nothing of a key press that goes up. */
bool isCollected(Pair& pair, View packet, RelayState& state) {
  if (!pair.reader.has_value()) return false;
  const bool pressed = pair.reader->isPress(packet, state.now);
  reportPresses(pair, state);
  return pressed;
}

/** Sends a packet in clear to this lane's peer, protected if the leg is. */
Drop forward(Lane& lane, Octets room, std::size_t crossed, RelayState& state) {
  // Twice, because the RTCP of a bundled line goes by the RTCP of its carrier, which may be multiplexed.
  Lane& carrier = *lane.carrier->carrier;
  const Endpoint& target = carrier.peer.target();
  if (!lane.pair.send || target.port == 0 || carrier.socket.descriptor() < 0) return Drop::kNoTarget;
  if (carrier.keys.awaited) return Drop::kAwaitingKeys;
  if (lane.component == Component::kRtcp) lane.pair.meter.rtcp.sent(part(room, 0, crossed), state.now);
  const bool writes = lane.component == Component::kRtp && lane.pair.writer.has_value() && !lane.pair.opaque;
  const std::size_t length = writes ? lane.pair.writer->write(part(room, 0, crossed), state.now) : crossed;
  std::size_t sealed = length;
  if (carrier.keys.secureOut) {
    const srtp::Result result = protect(carrier.keys, lane.component, room, length);
    if (result < 0) return Drop::kProtectFailed;
    sealed = static_cast<std::size_t>(result);
  }
  return carrier.socket.send(part(room, 0, sealed), target) ? Drop::kNone : Drop::kSendFailed;
}

void count(Lane& lane, const Arrival& arrival) {
  lane.packets++;
  lane.bytes += arrival.datagram.length;
}
}  // namespace

Drop cross(Lane& lane, const Arrival& arrival, std::size_t length, RelayState& state) {
  count(lane, arrival);
  Pair* partner = lane.pair.partner();
  const Octets packet = part(arrival.room, 0, length);
  if (lane.component == Component::kRtp) {
    lane.pair.meter.rtp.packet(packet, state.now);
    if (isCollected(lane.pair, packet, state)) return Drop::kConverted;
    return partner == nullptr ? Drop::kNoTarget : forward(partner->rtp, arrival.room, length, state);
  }
  lane.pair.meter.rtcp.received(packet, partner == nullptr ? -1 : partner->meter.rtp.ssrc(), state.now);
  const auto crossing = filterRtcp(packet, lane.pair.rtcpCrossing, state.maskSeed);
  if (!crossing.has_value()) return Drop::kBadRtcp;
  if (*crossing == 0) return Drop::kRtcpUnwanted;
  return partner == nullptr ? Drop::kNoTarget : forward(partner->rtcp, arrival.room, *crossing, state);
}

void reportPresses(Pair& pair, RelayState& state) {
  if (!pair.reader.has_value()) return;
  for (auto press = pair.reader->take(); press.has_value(); press = pair.reader->take()) {
    if (state.backlog <= kBacklogLimit) state.events.pressed(pair.id(), *press);
  }
}

Drop crossOpaque(Lane& lane, const Arrival& arrival, RelayState& state) {
  Pair* partner = lane.pair.partner();
  if (partner == nullptr || !partner->opaque) return Drop::kNoTarget;
  count(lane, arrival);
  return forward(partner->rtp, arrival.room, arrival.datagram.length, state);
}

}  // namespace ringfence
