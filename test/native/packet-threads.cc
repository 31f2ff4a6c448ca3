/**
 * Packet threads among the threads that use them, for ThreadSanitizer: commands and events cross while packets flow, the doorbell rings while
 * others collect, and threads are stopped in the middle of all that. No Node.js. Argument: seconds. It ends with 0 when packets were relayed;
 * a race is reported and ends it with 66.
 */
#include <arpa/inet.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

#include "packet-thread.h"
#include "srtp.h"
#include "udp-socket.h"

namespace {
using namespace ringfence;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kThreads = 3;
/** Two pairs a call: even ports of 127.x.y.z, where x.y.z is this process. */
constexpr std::size_t kCalls = 8;
constexpr std::uint16_t kFirstPort = 20'000;
constexpr std::uint16_t kPeerPort = 30'000;
constexpr std::array<std::uint8_t, 30> kKey{7, 5, 3, 1};

Address ownAddress() {
  Address address;
  address.family = AF_INET;
  address.words[0] = htonl(0x7f000000U | (static_cast<std::uint32_t>(getpid()) & 0xffffffU));
  return address;
}

std::uint16_t portOf(std::size_t thread, std::size_t pair) {
  return static_cast<std::uint16_t>(kFirstPort + 2 * (thread * 2 * kCalls + pair));
}

/** Commands as native-commands.ts writes them. */
class Batch {
 public:
  explicit Batch(std::size_t thread) : thread_(thread) {}

  void open(PairId pair) {
    begin(1, pair);
    writer_.u8(0);
    writer_.u64(0);
    endpoint(portOf(thread_, pair));
  }

  void join(PairId left, PairId right) {
    begin(2, left);
    writer_.u64(right);
  }

  /** Every second call is encrypted. A source is learnt from one packet. */
  void configure(PairId pair) {
    begin(3, pair);
    writer_.u8(1);
    writer_.u32(60'000);
    writer_.u16(1);
    for (int word = 0; word < 4; word++) writer_.u32(0xffff'ffff);
    writer_.u8(1);
    text();
    for (int direction = 0; direction < 2; direction++) {
      writer_.u8(pair / 2 % 2 == 0 ? 0 : 1);
      if (pair / 2 % 2 == 0) continue;
      writer_.u8(kKey.size());
      writer_.octets(kKey);
      writer_.u8(0);
    }
    writer_.u8(3);
    writer_.u8(1);
    writer_.u8(0);
    writer_.u8(1);
    writer_.u32(8'000);
    writer_.u8(1);
    writer_.u8(101);
    writer_.u32(8'000);
  }

  void press(PairId pair) {
    begin(8, pair);
    writer_.u8(5);
    writer_.u32(100);
  }

  void close(PairId pair) { begin(6, pair); }

  [[nodiscard]] View octets() const { return writer_.written(); }

 private:
  void begin(std::uint8_t kind, PairId pair) {
    writer_.u8(kind);
    writer_.u64(pair);
  }

  void text() {
    AddressText room{};
    const auto written = printAddress(ownAddress(), room);
    writer_.u8(static_cast<std::uint8_t>(written.size()));
    writer_.octets({reinterpret_cast<const std::uint8_t*>(written.data()), written.size()});
  }

  void endpoint(std::uint16_t port) {
    text();
    writer_.u16(port);
  }

  std::size_t thread_;
  std::array<std::uint8_t, 8'192> room_{};
  Writer writer_{room_};
};

class Bell final : public Doorbell {
 public:
  explicit Bell(std::atomic<unsigned>& rings) : rings_(rings) {}
  void ring() override { rings_.fetch_add(1, std::memory_order_relaxed); }

 private:
  std::atomic<unsigned>& rings_;
};

/** A party that sends to every pair of one thread, and counts what comes back. */
void talk(std::size_t thread, const std::atomic<bool>& over, std::atomic<std::uint64_t>& heard) {
  UdpSocket socket;
  const auto port = static_cast<std::uint16_t>(kPeerPort + thread);
  if (socket.bind({.address = ownAddress(), .port = port}) != 0) return;
  const auto sealer = srtp::Protector::create(srtp::Suite::kAesCm128HmacSha1_80, {.keyAndSalt = kKey});
  std::array<std::uint8_t, 256> packet{};
  for (std::uint32_t sequence = 0; !over; sequence++) {
    for (std::size_t pair = 0; pair < 2 * kCalls; pair++) {
      packet.fill(0x55);
      write8(packet, 0, 0x80);
      write8(packet, 1, sequence % 50 == 0 ? 101 : 0);
      write16(packet, 2, static_cast<std::uint16_t>(sequence));
      write32(packet, 4, sequence * 160);
      write32(packet, 8, static_cast<std::uint32_t>(pair));
      srtp::Result length = 172;
      if (pair / 2 % 2 == 1) length = sealer->rtp(packet, 172);
      if (length > 0) {
        (void)socket.send(part(Octets{packet}, 0, static_cast<std::size_t>(length)),
                          {.address = ownAddress(), .port = portOf(thread, pair)});
      }
    }
    for (std::array<std::uint8_t, 2'048> room{}; socket.receive(room).has_value();) heard++;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

/** One packet thread's life as JavaScript leads it: open, talk, press, close, collect, and stop at some moment. */
void lead(std::size_t which, Clock::time_point end) {
  for (unsigned round = 0; Clock::now() < end; round++) {
    std::atomic<unsigned> rings = 0;
    const auto thread = PacketThread::start({.processor = std::nullopt, .maskSeed = 1}, std::make_unique<Bell>(rings));
    if (thread == nullptr) std::abort();
    Batch opening(which);
    for (PairId pair = 0; pair < 2 * kCalls; pair++) opening.open(pair);
    for (PairId pair = 0; pair < 2 * kCalls; pair += 2) opening.join(pair, pair + 1);
    thread->submit(opening.octets());
    for (PairId pair = 0; pair < 2 * kCalls; pair++) {
      Batch one(which);
      one.configure(pair);
      thread->submit(one.octets());
    }
    for (unsigned turn = 0; turn < 200 + round % 7 * 50; turn++) {
      Batch some(which);
      const PairId pair = turn % (2 * kCalls);
      if (turn % 3 == 0) some.press(pair);
      if (turn % 5 == 0) some.configure(pair);
      if (turn % 97 == 0) some.close(pair);
      if (turn % 97 == 1) some.open(pair - 1);
      thread->submit(some.octets());
      EventLog events;
      thread->collect(events);
      (void)thread->beats();
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    // Every other one is forgotten without patience, as a thread that is stuck would be.
    thread->stop(std::chrono::milliseconds(round % 2 == 0 ? 2'000 : 0));
  }
}
}  // namespace

int main(int count, char** arguments) {
  const auto end = Clock::now() + std::chrono::seconds(count > 1 ? std::atoi(arguments[1]) : 10);
  std::atomic<bool> over = false;
  std::atomic<std::uint64_t> heard = 0;
  std::vector<std::thread> leaders;
  std::vector<std::thread> talkers;
  for (std::size_t which = 0; which < kThreads; which++) {
    leaders.emplace_back(lead, which, end);
    talkers.emplace_back(talk, which, std::cref(over), std::ref(heard));
  }
  for (std::thread& leader : leaders) leader.join();
  over = true;
  for (std::thread& talker : talkers) talker.join();
  std::printf("%llu packets relayed\n", static_cast<unsigned long long>(heard.load()));
  return heard.load() > 0 ? 0 : 1;
}
