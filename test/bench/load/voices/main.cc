// Voice packets in both directions through a relay, and how long each took: 50,000 packets/s leave half a processor idle.
// Asked by voices.ts: prints the ports of its two endpoints, reads the relay's ports, prints `begin` and `end` around
// what is measured, then one line of JSON. An SRTP leg sends what voices.ts sealed beforehand.
#include <poll.h>
#include <unistd.h>

#include <thread>

#include "sender.h"

namespace {

void readRelay(Side& phone, Side& pbx, uint32_t streams) {
  for (uint32_t stream = 0; stream < streams; stream++) {
    unsigned phonePort = 0;
    unsigned pbxPort = 0;
    if (std::scanf("%u %u", &phonePort, &pbxPort) != 2) fail("the relay's ports");
    for (const auto& [side, port] : {std::pair{&phone, phonePort}, std::pair{&pbx, pbxPort}}) {
      sockaddr_in relay{};
      relay.sin_family = AF_INET;
      relay.sin_port = htons(static_cast<uint16_t>(port));
      inet_pton(AF_INET, "127.0.0.1", &relay.sin_addr);
      side->relay.push_back(relay);
    }
  }
}

}  // namespace

/// voices STREAMS PER_SLOT SLOTS WARM_UP_SLOTS [SEALED]
int main(int argc, char** argv) {
  if (argc < 5) return 2;
  const Order order = orderFrom(argv);
  Side phone("127.0.0.2");
  Side pbx("127.0.0.3");
  for (Side* side : {&phone, &pbx}) side->sentAt = std::make_unique<std::atomic<uint64_t>[]>(order.streams * 256);
  std::printf("%u %u\n", phone.port, pbx.port);
  std::fflush(stdout);
  readRelay(phone, pbx, order.streams);

  std::atomic<bool> measured = false;
  std::atomic<bool> over = false;
  std::thread receiver([&] {
    std::array<pollfd, 2> ready{{{phone.socket, POLLIN, 0}, {pbx.socket, POLLIN, 0}}};
    while (!over) {
      if (poll(ready.data(), ready.size(), 20) <= 0) continue;
      if (ready[0].revents != 0) take(phone, pbx, order.streams, measured);
      if (ready[1].revents != 0) take(pbx, phone, order.streams, measured);
    }
  });

  Sender fromPhone(order, phone, true);
  Sender fromPbx(order, pbx, false);
  const uint64_t began = now();
  uint64_t packet = 0;
  uint64_t before = 0;
  uint64_t latest = 0;
  for (uint64_t step = 0; step < order.slots * stepsPerSlot; step++) {
    if (step == order.warmUpSlots * stepsPerSlot) {
      before = phone.received + pbx.received;
      measured = true;
      std::printf("begin\n");
      std::fflush(stdout);
    }
    // Phones are not in step with each other: each millisecond has its share.
    for (const uint64_t until = (step + 1) * order.perSlot / stepsPerSlot; packet < until; packet++) {
      const auto stream = static_cast<uint32_t>(packet % order.streams);
      const auto round = static_cast<uint32_t>(packet / order.streams);
      fromPhone.add(stream, round);
      fromPbx.add(stream, round);
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
  usleep(300'000);
  over = true;
  receiver.join();
  const uint64_t sent = phone.sent + pbx.sent;
  std::printf(
      "{\"sent\":%lu,\"received\":%lu,\"measured\":%lu,\"refused\":%lu,\"seconds\":%.3f,\"lateMs\":%.1f,"
      "\"p50\":%lu,\"p99\":%lu,\"p999\":%lu}\n",
      sent, phone.received + pbx.received, during, phone.refused + pbx.refused, static_cast<double>(took) / 1e9,
      static_cast<double>(latest) / 1e6, percentile(phone, pbx, 0.5), percentile(phone, pbx, 0.99),
      percentile(phone, pbx, 0.999));
}
