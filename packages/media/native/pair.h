/** An RTP socket and the RTCP socket above it, with their keys. Control path only; packets are relay.h. */
#ifndef RINGFENCE_PAIR_H
#define RINGFENCE_PAIR_H

#include <memory>

#include "bundle.h"
#include "key-ring.h"
#include "lane.h"
#include "leg-meter.h"
#include "press-writer.h"

namespace ringfence {

/** What a pair's RTP socket, and its RTCP socket, make of the rules for both. */
[[nodiscard]] SocketRules rtpRules(const LatchRules& latch);
[[nodiscard]] SocketRules rtcpRules(const LatchRules& latch);

class Pair {
 public:
  explicit Pair(PairId id) : id_(id) {}
  /** Whoever points here is told. */
  ~Pair();
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  [[nodiscard]] PairId id() const { return id_; }

  /** Both or none: 0, or the number of the error that closed both. */
  [[nodiscard]] int bind(const OpenCommand& command);
  /** No sockets of its own: that pair's (RFC 9143). */
  void rideOn(Pair& host);
  void join(Pair& other);
  void configure(const PairConfig& config, Millis now);

  Lane& lane(Component component) { return component == Component::kRtp ? rtp : rtcp; }
  /** Lines that share these sockets; null for most. */
  [[nodiscard]] Bundle* bundle() { return bundle_.get(); }
  /** The other leg: what one accepts, the other sends. */
  [[nodiscard]] Pair* partner() { return partner_; }

 private:
  const PairId id_;

 public:
  Lane rtp{*this, Component::kRtp};
  Lane rtcp{*this, Component::kRtcp};
  LegMeter meter;
  /** What of this peer's RTCP may cross. */
  RtcpRules rtcpCrossing;
  /** Key presses of this peer that do not go on, and those that are written over what it is sent. */
  std::optional<PressReader> reader;
  std::optional<PressWriter> writer;
  /** False while the peer is on hold by c=0.0.0.0. */
  bool send = false;
  /** What comes is relayed as it is (T.38). */
  bool opaque = false;
  /** RTCP comes on the RTP socket too (RFC 5761). */
  bool mux = false;
  /** Which control packets go up. */
  bool stun = false;
  bool dtls = false;
  /** When suspects of each kind were last reported; nothing: never. */
  std::array<std::optional<Millis>, kSuspicions.size()> suspectsReported;

 private:
  void configureKeys(const std::optional<KeyPresses>& presses);
  void configureSockets(const PairConfig& config, Millis now);
  SocketKeys use(const Keying& keys);
  void share(Pair& rider, const PayloadTypes& payloadTypes);
  void unjoin();
  void alight();

  Pair* partner_ = nullptr;
  /** Whose sockets this pair shares, and who shares this one's. */
  Pair* host_ = nullptr;
  std::vector<Pair*> riders_;
  bool rides_ = false;
  std::unique_ptr<Bundle> bundle_;
  KeyRing<srtp::Unprotector> inboundKeys_;
  KeyRing<srtp::Protector> outboundKeys_;
};

}  // namespace ringfence

#endif
