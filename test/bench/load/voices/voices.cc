// Voice packets in both directions through a relay, and how long each took: 50,000 packets/s leave half a processor idle.
// Asked by rtp.ts: prints the ports of its two endpoints, reads the relay's ports, prints `begin` and `end` around
// what is measured, then one line of JSON. With a key the phones send SRTP.
#include <unistd.h>

#include <thread>

#include "sender.h"

namespace {

void readRelay(Side& phone, Side& pbx, uint32_t streams) {
  for (uint32_t stream = 0; stream < streams; stream++) {
    unsigned phonePort = 0;
    unsigned pbxPort = 0;
    if (std::scanf("%u %u", &phonePort, &pbxPort) != 2) fail("the relay's ports");
    phone.relay.push_back(relayAt(phonePort));
    pbx.relay.push_back(relayAt(pbxPort));
  }
}

/// What is late is late, and not lost: until all came, or nothing has for 300 ms, or 3 s.
void awaitRest(const Side& phone, const Side& pbx) {
  const uint64_t sent = phone.sent + pbx.sent;
  uint64_t received = 0;
  for (int still = 0, looks = 0; still < 3 && looks < 30; looks++) {
    const uint64_t now = phone.received + pbx.received;
    if (now >= sent) return;
    still = now == received ? still + 1 : 0;
    received = now;
    usleep(100'000);
  }
}

}  // namespace

/// voices STREAMS PER_SLOT SLOTS WARM_UP_SLOTS [KEY]: PER_SLOT streams send in each slot of 20 ms, KEY in hexadecimal
int main(int argc, char** argv) {
  if (argc < 5) return 2;
  const auto number = [argv](int place) { return static_cast<uint32_t>(std::strtoul(argv[place], nullptr, 10)); };
  const auto [streams, perSlot, slots, warmUpSlots] = std::array{number(1), number(2), number(3), number(4)};
  Side phone("127.0.0.2", streams);
  Side pbx("127.0.0.3", streams);
  std::printf("%u %u\n", phone.port, pbx.port);
  std::fflush(stdout);
  readRelay(phone, pbx, streams);

  std::atomic<bool> measured = false;
  std::atomic<bool> over = false;
  std::thread receiver([&] { receiveUntil(over, {{&phone, &pbx}, {&pbx, &phone}}, measured); });
  std::vector<std::unique_ptr<ringfence::srtp::Protector>> seals;
  for (uint32_t stream = 0; stream < streams; stream++) seals.push_back(sealFor(argc > 5 ? argv[5] : nullptr));

  Sender fromPhone(phone);
  Sender fromPbx(pbx);
  const uint64_t began = now();
  uint64_t packet = 0;
  uint64_t before = 0;
  uint64_t latest = 0;
  for (uint64_t step = 0; step < slots * stepsPerSlot; step++) {
    if (step == warmUpSlots * stepsPerSlot) {
      before = phone.received + pbx.received;
      measured = true;
      std::printf("begin\n");
      std::fflush(stdout);
    }
    // Phones are not in step with each other: each millisecond has its share.
    for (const uint64_t until = (step + 1) * perSlot / stepsPerSlot; packet < until; packet++) {
      const auto stream = static_cast<uint32_t>(packet % streams);
      const auto round = static_cast<uint32_t>(packet / streams);
      fromPhone.add(stream, round, seals[stream].get());
      fromPbx.add(stream, round, nullptr);
    }
    fromPhone.flush();
    fromPbx.flush();
    const uint64_t due = began + (step + 1) * (slotNs / stepsPerSlot);
    latest = std::max(latest, now() > due ? now() - due : 0);
    sleepUntil(due);
  }
  const uint64_t took = now() - began;
  std::printf("end\n");
  std::fflush(stdout);
  const uint64_t during = phone.received + pbx.received - before;
  awaitRest(phone, pbx);
  over = true;
  receiver.join();
  const uint64_t sent = phone.sent + pbx.sent;
  std::printf(
      "{\"sent\":%lu,\"received\":%lu,\"measured\":%lu,\"refused\":%lu,\"unheard\":%lu,\"seconds\":%.3f,\"lateMs\":%.1f,"
      "\"p50\":%lu,\"p99\":%lu,\"p999\":%lu}\n",
      sent, phone.received + pbx.received, during, phone.refused + pbx.refused, unheardBy(phone) + unheardBy(pbx), static_cast<double>(took) / 1e9,
      static_cast<double>(latest) / 1e6, percentile({&phone, &pbx}, 0.5), percentile({&phone, &pbx}, 0.99),
      percentile({&phone, &pbx}, 0.999));
}
