#include "relay.h"

#include "crossing.h"

namespace ringfence {

namespace {
constexpr std::size_t kSsrcOfRtp = 8;
constexpr std::size_t kSsrcOfRtcp = 4;

Drop noteForeign(Lane& lane, const Endpoint& source) {
  lane.suspects[Suspicion::kForeign].note(source);
  return Drop::kForeignSource;
}

/** What the latch says of an authenticated packet of a source that it did not call foreign. */
Drop learn(Lane& lane, Verdict taken, Millis now) {
  if (taken == Verdict::kLatched) {
    lane.latchedSinceReport = true;
    if (lane.component == Component::kRtp) {
      const Latch& latch = lane.peer.latch;
      lane.pair.rtcp.peer.latch.narrow(latch.source().address, latch.ssrc(), now);
    }
  }
  // Authenticated packets carry their own proof; plain ones wait until their source is locked.
  return taken == Verdict::kLearning && !lane.keys.secureIn ? Drop::kLearning : Drop::kNone;
}

Drop dropOf(srtp::Result result) {
  if (result == srtp::result::kAuthentication) return Drop::kSrtpAuthentication;
  return result == srtp::result::kReplay ? Drop::kSrtpReplay : Drop::kSrtpOther;
}

/** Authenticates and decrypts: `packet` becomes what is in clear. `lane` is the one whose socket it came by. */
Drop unprotect(Lane& lane, Component component, const Endpoint& source, Octets& packet) {
  const SocketKeys& keys = lane.keys;
  if (keys.awaited) return Drop::kAwaitingKeys;
  if (!keys.secureIn) return Drop::kNone;
  if (keys.inbound == nullptr) return Drop::kSrtpOther;
  const srtp::Result result = component == Component::kRtp ? keys.inbound->rtp(packet, packet.size())
                                                           : keys.inbound->rtcp(packet, packet.size());
  if (result == srtp::result::kAuthentication) lane.suspects[Suspicion::kUnauthentic].note(source);
  if (result < 0) return dropOf(result);
  packet = part(packet, 0, static_cast<std::size_t>(result));
  return Drop::kNone;
}

/** Why a report is not taken further; `packet` becomes what is in clear. */
Drop openReport(Lane& lane, const Endpoint& source, Octets& packet) {
  if (const Drop refused = unprotect(lane, Component::kRtcp, source, packet); refused != Drop::kNone) return refused;
  return rtcpCompoundFits(packet) ? Drop::kNone : Drop::kBadRtcp;
}

Drop crossReport(Pair& pair, const Arrival& arrival, Octets packet, RelayState& state) {
  Pair* rider = pair.bundle() == nullptr ? nullptr : pair.bundle()->ofReport(read32(packet, kSsrcOfRtcp));
  return cross((rider == nullptr ? pair : *rider).rtcp, arrival, packet.size(), state);
}

Drop takeRtp(Lane& lane, const Arrival& arrival, RelayState& state) {
  const Endpoint& source = arrival.datagram.source;
  if (lane.peer.peek(source, state.now) == Verdict::kForeign) return noteForeign(lane, source);
  Octets packet = arrival.packet();
  if (const Drop refused = unprotect(lane, Component::kRtp, source, packet); refused != Drop::kNone) return refused;
  if (!rtpPaddingFits(packet)) return Drop::kBadRtp;
  const std::uint32_t ssrc = read32(packet, kSsrcOfRtp);
  const std::uint8_t type = read8(packet, 1);
  const Verdict taken = lane.peer.accept(source, ssrc, type, state.now);
  if (const Drop refused = learn(lane, taken, state.now); refused != Drop::kNone) return refused;
  Pair* rider = lane.pair.bundle() == nullptr ? nullptr : lane.pair.bundle()->ofMedia(type, ssrc);
  return cross(rider == nullptr ? lane : rider->rtp, arrival, packet.size(), state);
}

Drop takeRtcp(Lane& lane, const Arrival& arrival, RelayState& state) {
  const Endpoint& source = arrival.datagram.source;
  if (lane.peer.peek(source, state.now) == Verdict::kForeign) return noteForeign(lane, source);
  Octets packet = arrival.packet();
  if (const Drop refused = openReport(lane, source, packet); refused != Drop::kNone) return refused;
  const Verdict taken = lane.peer.accept(source, read32(packet, kSsrcOfRtcp), read8(packet, 1), state.now);
  if (const Drop refused = learn(lane, taken, state.now); refused != Drop::kNone) return refused;
  return crossReport(lane.pair, arrival, packet, state);
}

/** RFC 5761: RTCP on the RTP socket. It comes from RTP's source and teaches none. */
Drop takeMuxed(Lane& lane, const Arrival& arrival, RelayState& state) {
  Octets packet = arrival.packet();
  if (const Drop shape = classifyRtcp(packet); shape != Drop::kNone) return shape;
  const Endpoint& source = arrival.datagram.source;
  const Verdict seen = lane.peer.peek(source, state.now);
  if (seen == Verdict::kForeign) return noteForeign(lane, source);
  if (const Drop refused = openReport(lane, source, packet); refused != Drop::kNone) return refused;
  if (seen == Verdict::kLearning && !lane.keys.secureIn) return Drop::kLearning;
  return crossReport(lane.pair, arrival, packet, state);
}

Drop takeOpaque(Lane& lane, const Arrival& arrival, RelayState& state) {
  const std::size_t length = arrival.datagram.length;
  if (length == 0 || lane.component == Component::kRtcp) return Drop::kNotMedia;
  if (length > kMaxPacket) return Drop::kTooLarge;
  const Endpoint& source = arrival.datagram.source;
  if (lane.peer.peek(source, state.now) == Verdict::kForeign) return noteForeign(lane, source);
  const Verdict taken = lane.peer.accept(source, 0, 0, state.now);
  (void)learn(lane, taken, state.now);
  if (taken == Verdict::kLearning) return Drop::kLearning;
  return crossOpaque(lane, arrival, state);
}

Drop takeControl(Lane& lane, Drop kind, const Arrival& arrival, RelayState& state) {
  const bool isStun = kind == Drop::kStun;
  const Endpoint& source = arrival.datagram.source;
  if (!(isStun ? lane.pair.stun : lane.pair.dtls) || arrival.datagram.length > kMaxControl) return kind;
  // Threat L3: DTLS only of who may be the source.
  if (!isStun && lane.peer.peek(source, state.now) == Verdict::kForeign) return noteForeign(lane, source);
  const bool heard =
      isStun ? lane.gate().stun(source.address, lane.peer.isSelected(source), state.now) : lane.gate().dtls(state.now);
  if (!heard || state.backlog > kBacklogLimit) return kind;
  state.events.control(lane.pair.id(), lane.component, kind, source, arrival.packet());
  return Drop::kNone;
}

/** kNone when relayed, else why not. */
Drop take(Lane& lane, const Arrival& arrival, RelayState& state) {
  if (!lane.configured) return Drop::kNotConfigured;
  if (lane.pair.opaque) return takeOpaque(lane, arrival, state);
  const View packet = arrival.packet();
  const bool isRtp = lane.component == Component::kRtp;
  if (isRtp && lane.pair.mux && isMuxedRtcp(packet)) return takeMuxed(lane, arrival, state);
  const Drop shape = isRtp ? classifyRtp(packet) : classifyRtcp(packet);
  if (shape == Drop::kNone) return isRtp ? takeRtp(lane, arrival, state) : takeRtcp(lane, arrival, state);
  return shape == Drop::kStun || shape == Drop::kDtls ? takeControl(lane, shape, arrival, state) : shape;
}
}  // namespace

bool relay(Lane& lane, Octets room, const Datagram& datagram, RelayState& state) {
  const Drop why = take(lane, {.room = room, .datagram = datagram}, state);
  state.drops.add(why);
  return why == Drop::kNone;
}

}  // namespace ringfence
