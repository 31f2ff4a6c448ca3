#include "pair.h"

namespace ringfence {

namespace {
/** A key frame arrives as a burst of a hundred datagrams; the usual 208 kB hold about ninety. Voice needs no more than it has. */
constexpr int kVideoReceiveBuffer = 1'048'576;

/**
 * RTCP comes 2.5 to 7.5 seconds apart and may lose one (RFC 3550 §6.2), so its window is longer; it is also narrower,
 * since only the very address that RTP was locked to may claim it.
 */
constexpr Millis kRtcpWindow = 20'000;
}  // namespace

SocketRules rtpRules(const LatchRules& latch) {
  return {.signalled = latch.rtp,
          .sendAtOnce = latch.sendAtOnce,
          .learnCount = latch.learnCount,
          .learnFrom = latch.learnFrom,
          .windowMs = latch.windowMs,
          .packets = latch.packets,
          .payloadTypes = latch.payloadTypes};
}

/** Nothing may claim RTCP by itself: `narrow` names the one address, once RTP is locked. */
SocketRules rtcpRules(const LatchRules& latch) {
  return {.signalled = latch.rtcp,
          .sendAtOnce = latch.sendAtOnce,
          .learnCount = 0,
          .learnFrom = {},
          .windowMs = kRtcpWindow,
          .packets = 1,
          .payloadTypes = PayloadTypes{}.set()};
}

int Pair::bind(const OpenCommand& command) {
  UdpSocket even;
  UdpSocket odd;
  if (const int error = even.bind({.address = command.address, .port = command.port}); error != 0) return error;
  const auto above = static_cast<std::uint16_t>(command.port + 1U);
  if (const int error = odd.bind({.address = command.address, .port = above}); error != 0) return error;
  if (command.video) even.enlargeReceiveBuffer(kVideoReceiveBuffer);
  rtp.socket = std::move(even);
  rtcp.socket = std::move(odd);
  return 0;
}

void Pair::configure(const PairConfig& config, Millis now) {
  configured = true;
  send = config.send;
  secureIn = config.inbound.present();
  secureOut = config.outbound.present();
  inbound = inboundKeys_.use(config.inbound);
  outbound = outboundKeys_.use(config.outbound);
  rtp.latch.configure(rtpRules(config.latch), now);
  rtcp.latch.configure(rtcpRules(config.latch), now);
  // RTP was locked in an earlier exchange and did not move: RTCP goes on following it.
  if (rtp.latch.source().port != 0 && rtp.latch.proven()) rtcp.latch.narrow(rtp.latch.source().address, now);
}

}  // namespace ringfence
