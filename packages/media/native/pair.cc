#include "pair.h"

namespace ringfence {

namespace {
/**
 * The usual 208 kB hold about 270 small datagrams, or ninety of a key frame that comes as a burst of a hundred. A flood of 10,000 a second
 * fills them while this thread waits 27 ms for a processor, and what then comes of the peer itself is lost. Memory is used as far as it is
 * filled. The system allows what net.core.rmem_max says.
 */
constexpr int kReceiveBuffer = 1'048'576;

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

Pair::~Pair() {
  unjoin();
  for (Pair* rider : std::exchange(riders_, {})) rider->alight();
  if (host_ == nullptr) return;
  if (host_->bundle_ != nullptr) host_->bundle_->remove(*this);
  std::erase(host_->riders_, this);
}

int Pair::bind(const OpenCommand& command) {
  UdpSocket even;
  UdpSocket odd;
  if (const int error = even.bind({.address = command.address, .port = command.port}); error != 0) return error;
  const auto above = static_cast<std::uint16_t>(command.port + 1U);
  if (const int error = odd.bind({.address = command.address, .port = above}); error != 0) return error;
  even.enlargeReceiveBuffer(kReceiveBuffer);
  rtp.socket = std::move(even);
  rtcp.socket = std::move(odd);
  return 0;
}

void Pair::rideOn(Pair& host) {
  rides_ = true;
  host_ = &host;
  host.riders_.push_back(this);
  rtp.carrier = &host.rtp;
  rtcp.carrier = &host.rtcp;
}

/** The pair that had the sockets is gone: there is nowhere to send to any more. */
void Pair::alight() {
  host_ = nullptr;
  rtp.carrier = &rtp;
  rtcp.carrier = &rtcp;
}

void Pair::join(Pair& other) {
  unjoin();
  other.unjoin();
  partner_ = &other;
  other.partner_ = this;
}

void Pair::unjoin() {
  if (partner_ != nullptr) partner_->partner_ = nullptr;
  partner_ = nullptr;
}

void Pair::configure(const PairConfig& config, Millis now) {
  meter.rtp.configure(config.formats);
  configureKeys(config.keyPresses);
  send = config.send;
  rtcpCrossing = config.rtcp;
  opaque = config.opaque;
  rtp.configured = true;
  rtcp.configured = true;
  if (!rides_) {
    configureSockets(config, now);
  } else if (host_ != nullptr) {
    host_->share(*this, config.latch.payloadTypes);
  }
}

/** A re-INVITE that changes nothing of it must not cut a press in two. */
void Pair::configureKeys(const std::optional<KeyPresses>& presses) {
  if (!presses.has_value()) {
    writer.reset();
    reader.reset();
    return;
  }
  if (!writer.has_value() || !writer->is(*presses)) writer.emplace(*presses);
  if (reader.has_value() && reader->presses() == *presses) return;
  reader.reset();
  if (presses->collect) reader.emplace(*presses);
}

/** Packets of these types are that line's (RFC 9143 §9.2). */
void Pair::share(Pair& rider, const PayloadTypes& payloadTypes) {
  if (bundle_ == nullptr) bundle_ = std::make_unique<Bundle>();
  bundle_->add(rider, payloadTypes);
}

SocketKeys Pair::use(const Keying& keys) {
  return {.awaited = keys.awaited,
          .secureIn = keys.inbound.present(),
          .secureOut = keys.outbound.present(),
          .inbound = inboundKeys_.use(keys.inbound),
          .outbound = outboundKeys_.use(keys.outbound)};
}

void Pair::configureSockets(const PairConfig& config, Millis now) {
  rtp.keys = use(config.keys);
  rtcp.keys = config.rtcpKeys.has_value() ? use(*config.rtcpKeys) : rtp.keys;
  stun = config.stun;
  dtls = config.dtls;
  mux = config.mux;
  rtcp.configured = !mux;
  rtcp.carrier = mux ? &rtp : &rtcp;
  SocketRules rules = rtpRules(config.latch);
  if (config.opaque) rules.payloadTypes.set();
  rtp.peer.configure(rules, config.stun, now);
  rtcp.peer.configure(rtcpRules(config.latch), config.stun, now);
  // RTP was locked in an earlier exchange and did not move: RTCP goes on following it.
  const Latch& latch = rtp.peer.latch;
  if (latch.source().port != 0 && latch.proven()) rtcp.peer.latch.narrow(latch.source().address, latch.ssrc(), now);
}

}  // namespace ringfence
