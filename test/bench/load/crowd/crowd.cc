// Phones that ask as much as is answered, or more than that. Asked by crowd.ts, a line each, answered by a line each:
//   register             each of them, until it is told yes
//   carry METHOD MS      each phone with so many requests under way, for so long; what is not answered is repeated over UDP
//   flood METHOD PPS MS  so many a second whatever comes back, nothing twice; what a connection does not take is not said
//   last                 ms from the end of the flood to the last answer to it
// METHOD: INVITE (a call: INVITE, ACK, BYE), any that opens no call, `mixed` (all of them in turn), `junk`.
#include <sys/epoll.h>

#include <algorithm>
#include <chrono>
#include <unordered_map>
#include <utility>
#include <vector>

#include "wire.h"
#include "words.h"

namespace {

constexpr uint32_t underWay = 4;
/// RFC 3261 §17.1.1.2, and Timer F in short: whoever is answered later has hung up.
constexpr double againMs = 500;
constexpr double waitMs = 4'000;
constexpr double sweepMs = 10;
/// A pause of the machine's is not made up for: a burst is no rate.
constexpr double burstMs = 20;
const std::vector<std::string> mixture = {"INVITE", "REGISTER", "OPTIONS", "MESSAGE", "SUBSCRIBE"};

double now() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Phone {
  Speaker speaker;
  std::unique_ptr<Wire> wire;
};

/// Something asked that is followed up: a request, or a call until its BYE is answered.
struct Unit {
  size_t phone = 0;
  std::string method;
  std::string text;
  double began = 0;
  double againAt = 0;
  double interval = againMs;
  /// Another begins when it ends.
  bool worker = false;
  bool insists = false;
  bool hangsUp = false;
};

class Crowd {
 public:
  Crowd(const Target& to, const std::string& name, uint32_t count, const std::string& network) : poll_(epoll_create1(0)) {
    for (uint32_t place = 0; place < count; place++) {
      const std::string address = network + "." + std::to_string(1 + place % 50);
      Phone phone{{name + std::to_string(place), to.transport, ""}, std::make_unique<Wire>(to, address)};
      phone.speaker.place = address + ":" + std::to_string(phone.wire->port());
      epoll_event event{.events = EPOLLIN, .data = {.u64 = place}};
      epoll_ctl(poll_, EPOLL_CTL_ADD, phone.wire->descriptor(), &event);
      phones_.push_back(std::move(phone));
    }
    epoll_event event{.events = EPOLLIN, .data = {.u64 = count}};
    epoll_ctl(poll_, EPOLL_CTL_ADD, STDIN_FILENO, &event);
  }

  void run() {
    while (!over_) {
      turn();
      if (!fresh_.empty()) carryOut();
    }
  }

 private:
  void carryOut() {
    const std::string line = std::exchange(fresh_, "");
    std::array<char, 16> method{};
    double rate = 0;
    double ms = 0;
    if (line.starts_with("register")) enroll();
    if (line.starts_with("last")) say("\"lastMs\":%.0f", std::max(0.0, lastHit_ - floodEnd_));
    if (std::sscanf(line.c_str(), "carry %15s %lf", method.data(), &ms) == 2) carry(method.data(), ms);
    if (std::sscanf(line.c_str(), "flood %15s %lf %lf", method.data(), &rate, &ms) == 3) flood(method.data(), rate, ms);
  }

  template <typename... Figures>
  static void say(const char* format, Figures... figures) {
    std::printf("{");
    std::printf(format, figures...);
    std::printf("}\n");
    std::fflush(stdout);
  }

  void enroll() {
    done_ = 0;
    for (size_t phone = 0; phone < phones_.size(); phone++) begin(phone, "REGISTER", true, false);
    const double end = now() + waitMs;
    while (done_ < phones_.size() && now() < end) turn();
    say("\"done\":%lu", done_);
  }

  void carry(const std::string& method, double ms) {
    done_ = 0;
    const double end = now() + ms;
    working_ = method;
    for (size_t place = workers_; place < underWay * phones_.size(); place++) begin(place % phones_.size(), next(method), true, true);
    while (now() < end) turn();
    working_.clear();
    say("\"done\":%lu", done_);
  }

  void flood(const std::string& method, double rate, double ms) {
    done_ = 0;
    uint64_t held = 0;
    uint64_t asked = 0;
    double began = now();
    const double end = began + ms;
    while (now() < end) {
      const double behind = now() - began - static_cast<double>(asked) * 1'000 / rate;
      if (behind > burstMs) began += behind - burstMs;
      const double due = (now() - began) * rate / 1'000;
      for (; static_cast<double>(asked) < due; asked++) {
        const size_t phone = asked % phones_.size();
        held += shoot(phone, next(method)) ? 0 : 1;
      }
      turn();
    }
    floodEnd_ = lastHit_ = now();
    say("\"asked\":%lu,\"held\":%lu,\"done\":%lu", asked, held, done_);
  }

  const std::string& next(const std::string& method) { return method == "mixed" ? mixture[mixed_++ % mixture.size()] : method; }

  bool shoot(size_t phone, const std::string& method) {
    Wire& wire = *phones_[phone].wire;
    if (method == "junk") return wire.send(junk(), false);
    if (method == "INVITE") return begin(phone, method, false, false);
    const uint64_t number = ++numbers_;
    return wire.send(asking(phones_[phone].speaker, method, number, branchOf('s', number)), false);
  }

  bool begin(size_t phone, const std::string& method, bool insists, bool worker) {
    const uint64_t number = ++numbers_;
    Unit unit{.phone = phone, .method = method, .text = "", .began = now(), .worker = worker, .insists = insists};
    unit.text = asking(phones_[phone].speaker, method, number, branchOf('u', number));
    unit.againAt = unit.began + againMs;
    if (!phones_[phone].wire->send(unit.text, insists)) return false;
    workers_ += worker ? 1 : 0;
    units_.emplace(number, std::move(unit));
    return true;
  }

  void end(uint64_t number, bool good) {
    const auto found = units_.find(number);
    const Unit unit = std::move(found->second);
    units_.erase(found);
    hit(good);
    if (!unit.worker) return;
    workers_--;
    if (!working_.empty()) begin(unit.phone, next(working_), true, true);
  }

  void hit(bool good) {
    if (!good) return;
    done_++;
    lastHit_ = now();
  }

  void turn() {
    std::array<epoll_event, 64> events;
    const int count = epoll_wait(poll_, events.data(), events.size(), 1);
    for (int i = 0; i < count; i++) {
      const size_t place = events[static_cast<size_t>(i)].data.u64;
      if (place == phones_.size()) readOrders();
      else phones_[place].wire->receive([&](std::string_view text) { hear(place, text); });
    }
    for (Phone& phone : phones_) if (phone.wire->stuck()) phone.wire->flush();
    if (now() - swept_ > sweepMs) sweep();
  }

  void readOrders() {
    std::array<char, 256> line{};
    if (std::fgets(line.data(), line.size(), stdin) == nullptr) over_ = true;
    fresh_ = line.data();
  }

  void hear(size_t phone, std::string_view text) {
    if (!text.starts_with("SIP/2.0 ")) {
      if (text.starts_with("NOTIFY ") || text.starts_with("BYE ")) phones_[phone].wire->send(yes(text), true);
      return;
    }
    const int status = statusOf(text);
    if (status < 200) return;
    const auto [kind, number] = markOf(text);
    if (kind == 's') return hit(status == 200);
    const auto found = units_.find(number);
    if (kind == 'u' && found != units_.end() && found->second.method == "INVITE" && !found->second.hangsUp) return answered(number, found->second, status, text);
    if (kind == 'u' && found != units_.end() && found->second.method != "INVITE") return end(number, status == 200);
    if (kind == 'b' && found != units_.end()) return end(number, status == 200);
    // The answer to an INVITE again: the ACK was not heard.
    if (kind == 'u' && status == 200 && header(text, "CSeq").ends_with("INVITE")) acknowledge(phone, number, text);
  }

  void answered(uint64_t number, Unit& unit, int status, std::string_view text) {
    Phone& phone = phones_[unit.phone];
    if (status != 200) {
      const std::string target = "sip:600@" + domain;
      const Parts parts{"ACK", target, std::string(header(text, "To")), std::string(header(text, "Call-ID")), number, branchOf('u', number)};
      phone.wire->send(request(phone.speaker, parts, "", ""), true);
      return end(number, false);
    }
    acknowledge(unit.phone, number, text);
    unit.hangsUp = unit.insists = true;
    unit.text = inCall(phone.speaker, "BYE", text, number + 1, branchOf('b', number));
    unit.began = now();
    unit.interval = againMs;
    unit.againAt = unit.began + againMs;
    phone.wire->send(unit.text, true);
  }

  void acknowledge(size_t phone, uint64_t number, std::string_view answer) {
    Phone& one = phones_[phone];
    one.wire->send(inCall(one.speaker, "ACK", answer, number, branchOf('a', number)), true);
  }

  void sweep() {
    swept_ = now();
    std::vector<uint64_t> late;
    for (auto& [number, unit] : units_) {
      if (swept_ - unit.began > waitMs) late.push_back(number);
      else if (unit.insists && swept_ > unit.againAt && !phones_[unit.phone].wire->reliable()) repeat(unit);
    }
    for (const uint64_t number : late) end(number, false);
  }

  void repeat(Unit& unit) {
    phones_[unit.phone].wire->send(unit.text, true);
    unit.interval *= 2;
    unit.againAt = swept_ + unit.interval;
  }

  int poll_;
  std::vector<Phone> phones_;
  std::unordered_map<uint64_t, Unit> units_;
  std::string fresh_;
  bool over_ = false;
  std::string working_;
  size_t workers_ = 0;
  size_t mixed_ = 0;
  uint64_t numbers_ = 0;
  uint64_t done_ = 0;
  double swept_ = 0;
  double lastHit_ = 0;
  double floodEnd_ = 0;
};

}  // namespace

/// crowd TRANSPORT ADDRESS PORT NAME COUNT NETWORK (127.0.3): says `ready` when all are connected
int main(int argc, char** argv) {
  if (argc < 7) return 2;
  const Target to{argv[1], argv[2], static_cast<uint16_t>(std::atoi(argv[3]))};
  Crowd crowd(to, argv[4], static_cast<uint32_t>(std::atoi(argv[5])), argv[6]);
  std::printf("ready\n");
  std::fflush(stdout);
  crowd.run();
}
