/** An RTP socket and the RTCP socket above it, with the keys both share. Control path only; packets are relay.h. */
#ifndef RINGFENCE_PAIR_H
#define RINGFENCE_PAIR_H

#include "key-ring.h"
#include "lane.h"

namespace ringfence {

/** What a pair's RTP socket, and its RTCP socket, make of the rules for both. */
[[nodiscard]] SocketRules rtpRules(const LatchRules& latch);
[[nodiscard]] SocketRules rtcpRules(const LatchRules& latch);

class Pair {
 public:
  explicit Pair(PairId id) : id_(id), rtp(*this, Component::kRtp), rtcp(*this, Component::kRtcp) {}
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  [[nodiscard]] PairId id() const { return id_; }

  /** Both or none: 0, or the number of the error that closed both. */
  [[nodiscard]] int bind(const OpenCommand& command);
  void configure(const PairConfig& config, Millis now);
  Lane& lane(Component component) { return component == Component::kRtp ? rtp : rtcp; }

 private:
  const PairId id_;

 public:
  Lane rtp;
  Lane rtcp;
  /** The other leg: what one accepts, the other sends. */
  Pair* partner = nullptr;
  bool configured = false;
  /** False while the peer is on hold by c=0.0.0.0. */
  bool send = false;
  /** SRTP is agreed, whether or not a context could be made: nothing then passes in clear. */
  bool secureIn = false;
  bool secureOut = false;
  srtp::Unprotector* inbound = nullptr;
  srtp::Protector* outbound = nullptr;
  /** When a foreign source was last reported; nothing was ever. */
  std::optional<Millis> foreignReported;

 private:
  KeyRing<srtp::Unprotector> inboundKeys_;
  KeyRing<srtp::Protector> outboundKeys_;
};

}  // namespace ringfence

#endif
