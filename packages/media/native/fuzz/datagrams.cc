/**
 * Datagrams of several sources at the sockets of two joined pairs and one that is bundled, between configurations of every kind: plain, SRTP,
 * mux, ICE, T.38. Nothing may reach outside its memory, and what is sealed under the right key must be as safe as what is not.
 */
#include <arpa/inet.h>
#include <unistd.h>

#include "pair-table.h"

namespace ringfence {

namespace {
constexpr PairId kLeft = 1;
constexpr PairId kRight = 2;
constexpr PairId kRider = 3;

std::array<std::uint8_t, 30> keyOf(std::uint8_t fill) {
  std::array<std::uint8_t, 30> key;
  key.fill(fill);
  return key;
}

const std::array<std::uint8_t, 30> kTheirs = keyOf(1);
const std::array<std::uint8_t, 30> kOurs = keyOf(2);

Endpoint host(std::uint8_t number) {
  return {.address = parseAddress("127.0.0.1").value_or(Address{}), .port = static_cast<std::uint16_t>(9 + number % 4)};
}

/** Programs that run at one time have ports of their own. */
Address ownAddress() {
  Address address;
  address.family = AF_INET;
  address.words[0] = htonl(0x7f000000U | (static_cast<std::uint32_t>(getpid()) & 0xffffffU));
  return address;
}

/** Bits of an octet become a configuration. */
PairConfig configOf(std::uint8_t bits) {
  PairConfig config;
  config.send = true;
  config.mux = (bits & 1) != 0;
  config.opaque = (bits & 6) == 6;
  config.stun = (bits & 8) != 0;
  config.dtls = (bits & 16) != 0;
  config.keys.awaited = (bits & 0x60) == 0x60;
  config.rtcp = {.feedback = true, .reducedSize = (bits & 2) != 0};
  config.formats = {{.type = 0, .role = Role::kPcmu, .clockRate = 8'000},
                    {.type = 96, .role = Role::kMedia, .clockRate = 90'000}};
  config.latch = {
      .sendAtOnce = (bits & 4) != 0, .rtp = host(0), .rtcp = host(1), .learnCount = 1, .windowMs = 100, .packets = 2};
  config.latch.learnFrom[0] = host(0).address;
  config.latch.payloadTypes.set(0).set(96);
  if ((bits & 0x80) != 0) {
    config.keys.inbound = {.suite = 1, .octets = kTheirs};
    config.keys.outbound = {.suite = 1, .octets = kOurs};
  }
  if ((bits & 0xa0) == 0xa0) {
    config.rtcpKeys = {.awaited = false, .inbound = config.keys.outbound, .outbound = config.keys.inbound};
  }
  return config;
}

class Bench final : Listener {
 public:
  Bench() : sealer_(srtp::Protector::create(srtp::Suite::kAesCm128HmacSha1_80, {.keyAndSalt = kTheirs})) {
    table_.open({.pair = kLeft, .address = ownAddress(), .port = 5004});
    table_.open({.pair = kRight, .address = ownAddress(), .port = 5006});
    table_.open({.pair = kRider, .bundled = true, .bundledOn = kLeft});
    table_.join(kLeft, kRight);
  }

  void step(Reader& reader) {
    state_.now += 1;
    const std::uint8_t what = reader.u8();
    const std::uint8_t bits = reader.u8();
    const PairId pair = 1 + bits % 3;
    switch (what % 8) {
      case 0:
        table_.configure(pair, configOf(reader.u8()));
        break;
      case 1:
        table_.select({.pair = pair, .component = Component::kRtp, .source = host(bits)});
        break;
      case 2:
        table_.close(pair);
        break;
      case 3:
        table_.report();
        state_.events.clear();
        break;
      default:
        arrive(what, bits, reader);
    }
  }

 private:
  void arrive(std::uint8_t what, std::uint8_t bits, Reader& reader) {
    Lane* lane = lanes_[bits % lanes_.size()];
    const View datagram = reader.octets(reader.u8());
    if (lane == nullptr || !reader.ok()) return;
    room_.fill(0);
    copy(room_, 0, datagram);
    std::size_t length = datagram.size();
    if (what % 8 >= 6 && sealer_ != nullptr) {
      const srtp::Result sealed = what % 2 == 0 ? sealer_->rtp(room_, length) : sealer_->rtcp(room_, length);
      if (sealed >= 0) length = static_cast<std::size_t>(sealed);
    }
    relay(*lane, room_, {.length = length, .source = host(bits >> 4)}, state_);
  }

  int listen(Lane& lane) override {
    if (next_ < lanes_.size()) lanes_[next_++] = &lane;
    return 0;
  }

  void forget(const Lane& lane) override {
    std::replace(lanes_.begin(), lanes_.end(), const_cast<Lane*>(&lane), static_cast<Lane*>(nullptr));
  }

  std::array<Lane*, 4> lanes_{};
  std::size_t next_ = 0;
  RelayState state_{1};
  PairTable table_{state_, *this};
  std::unique_ptr<srtp::Protector> sealer_;
  std::array<std::uint8_t, kPacketRoom> room_{};
};
}  // namespace

}  // namespace ringfence

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ringfence::Reader reader({data, size});
  ringfence::Bench bench;
  while (reader.ok() && reader.left() > 0) bench.step(reader);
  return 0;
}
