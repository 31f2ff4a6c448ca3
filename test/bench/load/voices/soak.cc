// Voice packets of calls that come and go, for as long as standard input stays open. Asked by soak-voices.ts, a line each:
//   + PLACE ADDRESS PORT ADDRESS PORT [KEY]   a call begins, of the relay the phone's side and the PBX's; KEY in hexadecimal: SRTP on the phone's leg
//   - PLACE   it sends nothing more
//   = PLACE   it goes on where it stopped
//   ~ PLACE   its phone speaks and listens at another port from now on
//   ! PLACE   from now on it is counted how long it takes until both hear each other
//   0         what is counted begins anew, but for the packets in all
//   ?         prints what was sent and received so far, and what was heard since then
//   ? PLACE   of one call
#include <thread>

#include "sender.h"

namespace {

struct Call {
  bool speaks = false;
  bool moved = false;
  uint32_t round = 0;
  uint64_t marked = 0;
  std::unique_ptr<ringfence::srtp::Protector> seal;
};

class Floor {
 public:
  /// `moved` is where phones are after they moved.
  Floor(uint32_t places, Side& phone, Side& moved, Side& pbx) : phone_(phone), moved_(moved), pbx_(pbx), calls_(places) {
    for (Side* side : {&phone, &moved, &pbx}) side->relay.resize(places);
  }

  void carryOut(const char* line) {
    const std::lock_guard lock(mutex_);
    uint32_t place = 0;
    if (line[0] == '+') begin(line);
    if (line[0] == '+' || std::sscanf(line + 1, "%u", &place) != 1 || place >= calls_.size()) return;
    Call& call = calls_[place];
    if (line[0] == '-') call.speaks = false;
    if (line[0] == '=') call.speaks = true;
    if (line[0] == '~') call.moved = true;
    if (line[0] == '!') mark(place);
  }

  /// Sends what is due in this millisecond of the slot.
  void speak(uint64_t step, Sender& fromPhone, Sender& fromMoved, Sender& fromPbx) {
    const std::lock_guard lock(mutex_);
    for (uint64_t place = step % stepsPerSlot; place < calls_.size(); place += stepsPerSlot) {
      Call& call = calls_[place];
      if (!call.speaks) continue;
      const auto stream = static_cast<uint32_t>(place);
      (call.moved ? fromMoved : fromPhone).add(stream, call.round, call.seal.get());
      fromPbx.add(stream, call.round, nullptr);
      call.round++;
    }
    for (Sender* sender : {&fromPhone, &fromMoved, &fromPbx}) sender->flush();
  }

  void report() {
    const std::lock_guard lock(mutex_);
    uint64_t twoWay = 0, lost = 0, repeated = 0, resumed = 0, slowest = 0, heard = 0, compared = 0;
    double jitter = 0, worst = 0, uneven = 0;
    for (size_t place = 0; place < calls_.size(); place++) {
      const auto [atPhone, atMoved, atPbx] = earsOf(place);
      const Ear& outside = calls_[place].moved ? atMoved : atPhone;
      twoWay += outside.received > 0 && atPbx.received > 0 ? 1 : 0;
      for (const Ear* ear : {&atPhone, &atMoved, &atPbx}) {
        lost += ear->lost;
        repeated += ear->repeated;
        if (ear->received == 0) continue;
        uneven += ear->unevenUs;
        compared += ear->compared;
        heard++;
        jitter += ear->jitterUs;
        worst = std::max(worst, ear->jitterUs);
      }
      const uint64_t marked = calls_[place].marked;
      if (marked == 0 || outside.firstAt == 0 || atPbx.firstAt == 0) continue;
      resumed++;
      slowest = std::max(slowest, std::max(outside.firstAt, atPbx.firstAt) - marked);
    }
    const auto sides = {static_cast<const Side*>(&phone_), static_cast<const Side*>(&moved_), static_cast<const Side*>(&pbx_)};
    uint64_t sent = 0, received = 0, refused = 0, foreign = 0, unheard = 0;
    for (const Side* side : sides) {
      sent += side->sent;
      received += side->received;
      refused += side->refused;
      foreign += side->foreign;
      unheard += unheardBy(*side);
    }
    std::printf("{\"sent\":%lu,\"received\":%lu,\"refused\":%lu,\"foreign\":%lu,\"unheard\":%lu,\"lost\":%lu,\"repeated\":%lu,\"twoWay\":%lu,"
                "\"jitterUs\":%.1f,\"worstJitterUs\":%.1f,\"unevenUs\":%.1f,\"p50\":%lu,\"p99\":%lu,\"resumed\":%lu,\"resumedMs\":%.1f}\n",
                sent, received, refused, foreign, unheard, lost, repeated, twoWay, heard == 0 ? 0 : jitter / static_cast<double>(heard), worst,
                compared == 0 ? 0 : uneven / static_cast<double>(compared),
                percentile(sides, 0.5), percentile(sides, 0.99), resumed, static_cast<double>(slowest) / 1e6);
    std::fflush(stdout);
  }

  void countAnew() {
    for (Side* side : {&phone_, &moved_, &pbx_}) {
      const std::lock_guard hearing(side->hearing);
      std::fill(side->delays.begin(), side->delays.end(), 0);
      for (Ear& ear : side->ears) ear.countAnew();
    }
  }

  void reportOne(uint32_t place) {
    if (place >= calls_.size()) return;
    const auto [atPhone, atMoved, atPbx] = earsOf(place);
    const Ear& outside = calls_[place].moved ? atMoved : atPhone;
    std::printf("{\"received\":%lu,\"lost\":%lu,\"jitterUs\":%.1f}\n", outside.received + atPbx.received, outside.lost + atPbx.lost,
                std::max(outside.jitterUs, atPbx.jitterUs));
    std::fflush(stdout);
  }

 private:
  struct Ears {
    Ear atPhone;
    Ear atMoved;
    Ear atPbx;
  };

  Ears earsOf(size_t place) {
    const auto copy = [place](Side& side) {
      const std::lock_guard hearing(side.hearing);
      return side.ears[place];
    };
    return {copy(phone_), copy(moved_), copy(pbx_)};
  }

  void begin(const char* line) {
    uint32_t place = 0;
    unsigned phonePort = 0;
    unsigned pbxPort = 0;
    std::array<char, 129> key{};
    std::array<char, 16> phoneAddress{};
    std::array<char, 16> pbxAddress{};
    const int read = std::sscanf(line, "+ %u %15s %u %15s %u %128s", &place, phoneAddress.data(), &phonePort, pbxAddress.data(), &pbxPort, key.data());
    if (read < 5 || place >= calls_.size()) return;
    phone_.relay[place] = moved_.relay[place] = relayAt(phonePort, phoneAddress.data());
    pbx_.relay[place] = relayAt(pbxPort, pbxAddress.data());
    listenAnew(place);
    calls_[place] = {true, false, 0, 0, sealFor(key.data())};
  }

  void mark(uint32_t place) {
    calls_[place].marked = now();
    listenAnew(place);
  }

  void listenAnew(uint32_t place) {
    for (Side* side : {&phone_, &moved_, &pbx_}) {
      const std::lock_guard hearing(side->hearing);
      side->ears[place].listenAnew();
    }
  }

  Side& phone_;
  Side& moved_;
  Side& pbx_;
  std::mutex mutex_;
  std::vector<Call> calls_;
};

void readUntilClosed(Floor& floor) {
  std::array<char, 256> line;
  while (std::fgets(line.data(), line.size(), stdin) != nullptr) {
    uint32_t place = 0;
    if (line[0] == '0') floor.countAnew();
    else if (line[0] != '?') floor.carryOut(line.data());
    else if (std::sscanf(line.data() + 1, "%u", &place) == 1) floor.reportOne(place);
    else floor.report();
  }
}

}  // namespace

/// soak PLACES PHONE_ADDRESS PBX_ADDRESS; prints the ports of the phones and of the PBX, and of the phones after they moved
int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const auto places = static_cast<uint32_t>(std::strtoul(argv[1], nullptr, 10));
  Side phone(argv[2], places);
  Side moved(argv[2], places, phone.sentAt);
  Side pbx(argv[3], places);
  std::printf("%u %u %u\n", phone.port, pbx.port, moved.port);
  std::fflush(stdout);

  std::atomic<bool> over = false;
  Floor floor(places, phone, moved, pbx);
  std::thread receiver([&] { receiveUntil(over, {{&phone, &pbx}, {&moved, &pbx}, {&pbx, &phone}}, true); });
  std::thread reader([&] {
    readUntilClosed(floor);
    over = true;
  });
  Sender fromPhone(phone);
  Sender fromMoved(moved);
  Sender fromPbx(pbx);
  const uint64_t began = now();
  for (uint64_t step = 0; !over; step++) {
    floor.speak(step, fromPhone, fromMoved, fromPbx);
    sleepUntil(began + (step + 1) * (slotNs / stepsPerSlot));
  }
  reader.join();
  receiver.join();
}
