// Voice packets of calls that come and go, for as long as standard input stays open. Asked by soak.ts, a line each:
//   + PLACE ADDRESS PORT ADDRESS PORT [KEY]   a call begins, of the relay the phone's side and the PBX's; KEY in hexadecimal: SRTP on the phone's leg
//   - PLACE   it sends nothing more
//   ?         prints what was sent and received so far, and the delays since the last question
#include <unistd.h>

#include <mutex>
#include <thread>

#include "sender.h"

namespace {

struct Call {
  bool speaks = false;
  uint32_t round = 0;
  std::unique_ptr<ringfence::srtp::Protector> seal;
};

class Floor {
 public:
  Floor(uint32_t places, Side& phone, Side& pbx) : phone_(phone), pbx_(pbx), calls_(places) {
    for (Side* side : {&phone, &pbx}) side->relay.resize(places);
  }

  void carryOut(const char* line) {
    const std::lock_guard lock(mutex_);
    uint32_t place = 0;
    unsigned phonePort = 0;
    unsigned pbxPort = 0;
    std::array<char, 129> key{};
    std::array<char, 16> phoneAddress{};
    std::array<char, 16> pbxAddress{};
    if (std::sscanf(line, "- %u", &place) == 1 && place < calls_.size()) calls_[place].speaks = false;
    const int read = std::sscanf(line, "+ %u %15s %u %15s %u %128s", &place, phoneAddress.data(), &phonePort, pbxAddress.data(), &pbxPort, key.data());
    if (read < 5 || place >= calls_.size()) return;
    phone_.relay[place] = relayAt(phonePort, phoneAddress.data());
    pbx_.relay[place] = relayAt(pbxPort, pbxAddress.data());
    calls_[place] = {true, 0, sealFor(key.data())};
  }

  /// Sends what is due in this millisecond of the slot.
  void speak(uint64_t step, Sender& fromPhone, Sender& fromPbx) {
    const std::lock_guard lock(mutex_);
    for (uint64_t place = step % stepsPerSlot; place < calls_.size(); place += stepsPerSlot) {
      Call& call = calls_[place];
      if (!call.speaks) continue;
      const auto stream = static_cast<uint32_t>(place);
      fromPhone.add(stream, call.round, call.seal.get());
      fromPbx.add(stream, call.round, nullptr);
      call.round++;
    }
    fromPhone.flush();
    fromPbx.flush();
  }

 private:
  Side& phone_;
  Side& pbx_;
  std::mutex mutex_;
  std::vector<Call> calls_;
};

void report(Side& phone, Side& pbx) {
  std::printf("{\"sent\":%lu,\"received\":%lu,\"refused\":%lu,\"p50\":%lu,\"p99\":%lu}\n", phone.sent + pbx.sent,
              phone.received + pbx.received, phone.refused + pbx.refused, percentile(phone, pbx, 0.5), percentile(phone, pbx, 0.99));
  std::fflush(stdout);
  for (Side* side : {&phone, &pbx}) std::fill(side->delays.begin(), side->delays.end(), 0);
}

}  // namespace

/// soak PLACES
int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const auto places = static_cast<uint32_t>(std::strtoul(argv[1], nullptr, 10));
  Side phone("127.0.0.2");
  Side pbx("127.0.0.3");
  for (Side* side : {&phone, &pbx}) side->sentAt = std::make_unique<std::atomic<uint64_t>[]>(places * 256);
  std::printf("%u %u\n", phone.port, pbx.port);
  std::fflush(stdout);

  std::atomic<bool> over = false;
  Floor floor(places, phone, pbx);
  std::thread receiver([&] { receiveUntil(over, phone, pbx, places, true); });
  std::thread reader([&] {
    std::array<char, 256> line;
    while (std::fgets(line.data(), line.size(), stdin) != nullptr) {
      if (line[0] == '?') report(phone, pbx);
      else floor.carryOut(line.data());
    }
    over = true;
  });
  Sender fromPhone(phone);
  Sender fromPbx(pbx);
  const uint64_t began = now();
  for (uint64_t step = 0; !over; step++) {
    floor.speak(step, fromPhone, fromPbx);
    sleepUntil(began + (step + 1) * (slotNs / stepsPerSlot));
  }
  reader.join();
  receiver.join();
}
