#include "commands.h"

namespace ringfence {

namespace {

/** The first octet of a command. In the order of `commandKind` in native-commands.ts. */
enum class Kind : std::uint8_t { kOpen = 1, kJoin, kConfigure, kSelect, kSend, kClose, kHalt, kPress };

/** Bits of a configuration's second octet. */
enum Flag : std::uint8_t {
  kSend = 1,
  kAwaitsKeys = 2,
  kMux = 4,
  kOpaque = 8,
  kStun = 16,
  kDtls = 32,
  kSendAtOnce = 64,
  kSignalled = 128,
};

/** Bits of what RTCP crosses. */
enum RtcpFlag : std::uint8_t { kFeedback = 1, kReducedSize = 2, kOwnKeys = 4, kAwaitsOwnKeys = 8 };

/** Bits of key presses as events. */
enum EventFlag : std::uint8_t { kHasEvents = 1, kCollectEvents = 2 };

/** One command from the front of a batch. Whatever does not fit makes `ok` false, and nothing of that command is used. */
class Decoder {
 public:
  explicit Decoder(View batch) : reader_(batch) {}

  [[nodiscard]] bool done() const { return reader_.left() == 0; }

  [[nodiscard]] bool next(CommandSink& sink) {
    switch (static_cast<Kind>(reader_.u8())) {
      case Kind::kOpen:
        return open(sink);
      case Kind::kJoin: {
        const PairId left = reader_.u64();
        const PairId right = reader_.u64();
        if (ok()) sink.join(left, right);
        return ok();
      }
      case Kind::kConfigure:
        return configure(sink);
      case Kind::kSelect: {
        const SelectCommand command{.pair = reader_.u64(), .component = component(), .source = endpoint()};
        if (ok()) sink.select(command);
        return ok();
      }
      case Kind::kSend: {
        const SendCommand command{
            .pair = reader_.u64(), .component = component(), .to = endpoint(), .packet = reader_.octets(reader_.u16())};
        if (ok()) sink.send(command);
        return ok();
      }
      case Kind::kPress: {
        const PressCommand command{.pair = reader_.u64(),
                                   .press = {.event = reader_.u8(), .durationMs = reader_.u32()}};
        if (ok()) sink.press(command);
        return ok();
      }
      case Kind::kClose: {
        const PairId pair = reader_.u64();
        if (ok()) sink.close(pair);
        return ok();
      }
      case Kind::kHalt:
        sink.halt();
        return true;
    }
    return false;
  }

 private:
  [[nodiscard]] bool ok() const { return valid_ && reader_.ok(); }

  Component component() { return reader_.u8() == 0 ? Component::kRtp : Component::kRtcp; }

  /** Text with its length before it. An empty one is no address. */
  Address address() {
    const View octets = reader_.octets(reader_.u8());
    if (octets.empty()) return {};
    const auto parsed = parseAddress({reinterpret_cast<const char*>(octets.data()), octets.size()});
    if (!parsed.has_value()) valid_ = false;
    return parsed.value_or(Address{});
  }

  Endpoint endpoint() {
    const Address where = address();
    return {.address = where, .port = reader_.u16()};
  }

  KeyView key() {
    const std::uint8_t suite = reader_.u8();
    if (suite == 0) return {};
    const View octets = reader_.octets(reader_.u8());
    const View mki = reader_.octets(reader_.u8());
    if (mki.size() > KeyView::kMaxMki) valid_ = false;
    return {.suite = suite, .octets = octets, .mki = mki};
  }

  Keying keying(bool awaited) {
    Keying keys{.awaited = awaited, .inbound = key(), .outbound = {}};
    keys.outbound = key();
    return keys;
  }

  PayloadFormat format() {
    PayloadFormat one;
    one.type = reader_.u8();
    const std::uint8_t role = reader_.u8();
    if (role > static_cast<std::uint8_t>(Role::kNoise)) valid_ = false;
    one.role = static_cast<Role>(role);
    one.clockRate = reader_.u32();
    return one;
  }

  std::optional<KeyPresses> keyPresses() {
    const std::uint8_t flags = reader_.u8();
    if ((flags & kHasEvents) == 0) return std::nullopt;
    const KeyPresses presses{
        .type = reader_.u8(), .clockRate = reader_.u32(), .collect = (flags & kCollectEvents) != 0};
    if (presses.clockRate == 0) valid_ = false;
    return presses;
  }

  bool open(CommandSink& sink) {
    OpenCommand command;
    command.pair = reader_.u64();
    command.bundled = reader_.u8() != 0;
    command.bundledOn = reader_.u64();
    const Endpoint local = endpoint();
    command.address = local.address;
    command.port = local.port;
    if (ok()) sink.open(command);
    return ok();
  }

  bool configure(CommandSink& sink) {
    const PairId pair = reader_.u64();
    const std::uint8_t flags = reader_.u8();
    PairConfig config{.send = (flags & kSend) != 0,
                      .mux = (flags & kMux) != 0,
                      .opaque = (flags & kOpaque) != 0,
                      .stun = (flags & kStun) != 0,
                      .dtls = (flags & kDtls) != 0,
                      .latch = {},
                      .keys = {},
                      .rtcpKeys = {},
                      .rtcp = {},
                      .formats = {},
                      .keyPresses = {}};
    latch(config.latch, flags);
    config.keys = keying((flags & kAwaitsKeys) != 0);
    const std::uint8_t rules = reader_.u8();
    config.rtcp = {.feedback = (rules & kFeedback) != 0, .reducedSize = (rules & kReducedSize) != 0};
    if ((rules & kOwnKeys) != 0) config.rtcpKeys = keying((rules & kAwaitsOwnKeys) != 0);
    for (unsigned count = reader_.u8(); count > 0 && ok(); count--) config.formats.push_back(format());
    config.keyPresses = keyPresses();
    if (ok()) sink.configure(pair, config);
    return ok();
  }

  void latch(LatchRules& rules, std::uint8_t flags) {
    rules.sendAtOnce = (flags & kSendAtOnce) != 0;
    rules.windowMs = reader_.u32();
    rules.packets = reader_.u16();
    for (std::size_t word = 0; word < 4; word++) {
      rules.payloadTypes |= PayloadTypes{reader_.u32()} << (32 * word);
    }
    if ((flags & kSignalled) != 0) {
      rules.rtp = endpoint();
      rules.rtcp = endpoint();
    }
    const std::uint8_t count = reader_.u8();
    if (count > kMaxLearnFrom) valid_ = false;
    for (; rules.learnCount < count && ok(); rules.learnCount++) rules.learnFrom[rules.learnCount] = address();
  }

  Reader reader_;
  bool valid_ = true;
};

}  // namespace

bool carryOut(View batch, CommandSink& sink) {
  Decoder decoder(batch);
  while (!decoder.done()) {
    if (!decoder.next(sink)) return false;
  }
  return true;
}

}  // namespace ringfence
