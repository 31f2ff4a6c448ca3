/**
 * Whose packets one media socket takes, and where it sends: threats L1 and L2. The twin of src/latch.ts, where the state machine is
 * drawn and the order explained; native-twins.test.ts runs both over the same random histories.
 */
#ifndef RINGFENCE_LATCH_H
#define RINGFENCE_LATCH_H

#include <array>
#include <bitset>
#include <cstdint>

#include "address.h"

namespace ringfence {

/** Monotonic, with fractions: jitter is measured with it. */
using Millis = double;

enum class Verdict : std::uint8_t {
  /** From the current source. */
  kAccepted,
  /** From the current source, and this packet locked it for the first time: report it. */
  kLatched,
  /** From somebody who may become the source, and is not yet. */
  kLearning,
  /** From somebody else. */
  kForeign,
};

/** A leg names its signalling address and the one in its SDP. */
inline constexpr std::size_t kMaxLearnFrom = 4;

using PayloadTypes = std::bitset<128>;

/** The rules for one socket: see engine.ts LatchRules. */
struct SocketRules {
  Endpoint signalled;
  bool sendAtOnce = false;
  std::uint8_t learnCount = 0;
  std::array<Address, kMaxLearnFrom> learnFrom{};
  Millis windowMs = 0;
  std::uint32_t packets = 1;
  /** All bits: RTCP, which has none. */
  PayloadTypes payloadTypes;
};

class Latch {
 public:
  void configure(const SocketRules& rules, Millis now);
  void narrow(const Address& address, std::int64_t ssrc, Millis now);
  [[nodiscard]] Verdict peek(const Endpoint& from, Millis now) const;
  Verdict accept(const Endpoint& from, std::uint32_t ssrc, std::uint8_t payloadType, Millis now);

  /** Where to send; port 0 while nowhere. */
  [[nodiscard]] const Endpoint& target() const { return target_; }
  /** Port 0: none. */
  [[nodiscard]] const Endpoint& source() const { return source_; }
  /** Of the source's stream; -1: of none yet. */
  [[nodiscard]] std::int64_t ssrc() const { return ssrc_; }
  [[nodiscard]] bool proven() const { return proven_; }

 private:
  /** No SSRC is negative. */
  static constexpr std::int64_t kNoSsrc = -1;

  [[nodiscard]] bool mayLearn(const Address& address) const;
  Verdict fromSource(std::uint32_t ssrc, bool known, Millis now);
  [[nodiscard]] bool speaks(Millis now) const;
  [[nodiscard]] bool awaitsReturn() const;
  void take(const Endpoint& endpoint, std::int64_t ssrc);
  void settle();
  void lock();
  void reopen(Millis now);
  void aim();

  SocketRules rules_;
  bool configured_ = false;
  bool locked_ = false;
  /** The current source sent N packets that agree, at some time since it became the source. */
  bool proven_ = false;
  Millis windowEnds_ = 0;
  Endpoint target_;
  Endpoint source_;
  std::int64_t ssrc_ = kNoSsrc;
  std::uint32_t agreed_ = 0;
  Millis heardAt_ = 0;
  /** The SSRC of who showed itself first; who has it comes back. */
  std::int64_t homeSsrc_ = kNoSsrc;
  /** The source is that one. */
  bool atHome_ = true;
  /** RTCP: nobody else may come at all. */
  bool onlyHome_ = false;
  Endpoint candidate_;
  std::int64_t candidateSsrc_ = kNoSsrc;
  std::uint32_t candidateAgreed_ = 0;
};

}  // namespace ringfence

#endif
