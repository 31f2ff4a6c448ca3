#include "relay.h"

#include "rtcp-mask.h"

namespace ringfence {

namespace {
constexpr std::size_t kSsrcOfRtp = 8;
constexpr std::size_t kSsrcOfRtcp = 4;

Drop noteForeign(Lane& lane, const Endpoint& source) {
  lane.foreign++;
  lane.foreignSource = source;
  return Drop::kForeignSource;
}

void noteLatched(Lane& lane, Millis now) {
  lane.latchedSinceReport = true;
  if (lane.component == Component::kRtp) lane.pair.rtcp.latch.narrow(lane.latch.source().address, now);
}

srtp::Result protect(const Lane& lane, Octets room, std::size_t length) {
  srtp::Protector* context = lane.pair.outbound;
  if (context == nullptr) return srtp::result::lifetime;
  return lane.component == Component::kRtp ? context->rtp(room, length) : context->rtcp(room, length);
}

srtp::Result unprotect(const Lane& lane, Octets packet) {
  srtp::Unprotector* context = lane.pair.inbound;
  if (context == nullptr) return srtp::result::lifetime;
  return lane.component == Component::kRtp ? context->rtp(packet, packet.size()) : context->rtcp(packet, packet.size());
}

Drop dropOf(srtp::Result result) {
  if (result == srtp::result::authentication) return Drop::kSrtpAuthentication;
  return result == srtp::result::replay ? Drop::kSrtpReplay : Drop::kSrtpOther;
}

/** Sends a packet in clear to this lane's peer, protected if the leg is. */
Drop forward(Lane& lane, Octets room, std::size_t length) {
  const Endpoint& target = lane.latch.target();
  if (!lane.pair.send || target.port == 0) return Drop::kNoTarget;
  std::size_t sealed = length;
  if (lane.pair.secureOut) {
    const srtp::Result result = protect(lane, room, length);
    if (result < 0) return Drop::kProtectFailed;
    sealed = static_cast<std::size_t>(result);
  }
  return lane.socket.send(part(room, 0, sealed), target) ? Drop::kNone : Drop::kSendFailed;
}

/** kNone when relayed, else why not. */
Drop take(Lane& lane, Octets room, const Datagram& datagram, RelayState& state) {
  Pair& pair = lane.pair;
  if (!pair.configured) return Drop::kNotConfigured;
  const bool isRtp = lane.component == Component::kRtp;
  // A datagram longer than the room is longer than any packet: what is there of it tells its kind.
  Octets packet = part(room, 0, datagram.length <= room.size() ? datagram.length : room.size());
  const Drop shape = isRtp ? classifyRtp(packet) : classifyRtcp(packet);
  if (shape != Drop::kNone) return shape;
  if (lane.latch.peek(datagram.source, state.now) == Verdict::kForeign) return noteForeign(lane, datagram.source);
  if (pair.secureIn) {
    const srtp::Result result = unprotect(lane, packet);
    if (result < 0) return dropOf(result);
    packet = part(packet, 0, static_cast<std::size_t>(result));
  }
  if (isRtp && !rtpPaddingFits(packet)) return Drop::kBadRtp;
  if (!isRtp && !rtcpCompoundFits(packet)) return Drop::kBadRtcp;
  const std::uint32_t ssrc = read32(packet, isRtp ? kSsrcOfRtp : kSsrcOfRtcp);
  const Verdict taken = lane.latch.accept(datagram.source, ssrc, read8(packet, 1));
  if (taken == Verdict::kLatched) noteLatched(lane, state.now);
  // Authenticated packets carry their own proof; plain ones wait until their source is locked.
  if (taken == Verdict::kLearning && !pair.secureIn) return Drop::kLearning;
  lane.packets++;
  lane.bytes += datagram.length;
  if (!isRtp) maskSourceDescriptions(packet, state.maskSeed);
  return pair.partner == nullptr ? Drop::kNoTarget : forward(pair.partner->lane(lane.component), room, packet.size());
}
}  // namespace

void relay(Lane& lane, Octets room, const Datagram& datagram, RelayState& state) {
  state.drops.add(take(lane, room, datagram, state));
}

}  // namespace ringfence
