/**
 * The commands of engine.ts as octets: what JavaScript writes (src/engine/native-commands.ts) and a packet thread reads. They come from
 * our own process; they are read with the same care as a peer's packet all the same, because a mistake there must not become one here.
 */
#ifndef RINGFENCE_COMMANDS_H
#define RINGFENCE_COMMANDS_H

#include <string_view>

#include "bytes.h"
#include "latch.h"
#include "press-reader.h"
#include "rtcp-filter.h"
#include "rtp-meter.h"

namespace ringfence {

/** Eight octets that JavaScript chose: compared and handed back, never counted with. */
using PairId = std::uint64_t;

enum class Component : std::uint8_t { kRtp, kRtcp };

/** A key as it was signalled. No suite: none. */
struct KeyView {
  std::uint8_t suite = 0;
  /** Master key, then master salt. It lies in the command. */
  View octets;
  /** RFC 3711 §3.1, at most kMaxMki octets; empty: the packets carry none. */
  View mki;

  static constexpr std::size_t kMaxMki = 16;

  [[nodiscard]] bool present() const { return suite != 0; }
};

/** SRTP of one socket. */
struct Keying {
  /** From a handshake that is not over. */
  bool awaited = false;
  KeyView inbound;
  KeyView outbound;
};

struct OpenCommand {
  PairId pair = 0;
  Address address;
  /** The RTP port; RTCP is the one above. */
  std::uint16_t port = 0;
  bool bundled = false;
  /** With `bundled`: whose sockets it shares. */
  PairId bundledOn = 0;
};

struct LatchRules {
  bool sendAtOnce = false;
  Endpoint rtp;
  Endpoint rtcp;
  std::uint8_t learnCount = 0;
  std::array<Address, kMaxLearnFrom> learnFrom{};
  Millis windowMs = 0;
  std::uint32_t packets = 1;
  PayloadTypes payloadTypes;
};

struct PairConfig {
  bool send = false;
  bool mux = false;
  bool opaque = false;
  bool stun = false;
  bool dtls = false;
  LatchRules latch;
  Keying keys;
  /** Of the RTCP socket, where it has an association of its own (RFC 5764 §4.1.2). */
  std::optional<Keying> rtcpKeys;
  RtcpRules rtcp;
  std::vector<PayloadFormat> formats;
  std::optional<KeyPresses> keyPresses;
};

struct SelectCommand {
  PairId pair = 0;
  Component component = Component::kRtp;
  /** Port 0: consent ended. */
  Endpoint source;
};

struct SendCommand {
  PairId pair = 0;
  Component component = Component::kRtp;
  Endpoint to;
  View packet;
};

struct PressCommand {
  PairId pair = 0;
  Press press;
};

/** Who carries commands out. */
class CommandSink {
 public:
  virtual void open(const OpenCommand& command) = 0;
  virtual void join(PairId left, PairId right) = 0;
  virtual void configure(PairId pair, const PairConfig& config) = 0;
  virtual void select(const SelectCommand& command) = 0;
  virtual void send(const SendCommand& command) = 0;
  virtual void press(const PressCommand& command) = 0;
  virtual void close(PairId pair) = 0;
  /** The thread ends, as if it had failed. For tests. */
  virtual void halt() = 0;

 protected:
  ~CommandSink() = default;
};

/** Carries out the commands of a batch in their order. False when one could not be read: it and those behind it are not carried out. */
[[nodiscard]] bool carryOut(View batch, CommandSink& sink);

}  // namespace ringfence

#endif
