// Somebody who has no business with the calls: sends to the relay's ports, and counts what it is sent. Asked by stranger.ts, a line each:
//   spray FIRST LAST PPS KIND...   round and round over these ports, one kind after the other, until told otherwise
//   as ADDRESS PORT                with that source instead of its own (raw socket)
//   recording STREAM KEY           of that stream it knows the number, and has recorded the first packets; KEY in hexadecimal
//   hello HEX                      a ClientHello
//   rest                           sends nothing
//   ?                              prints what it sent, how often it went round, and what it got
// Kinds: media (RTP to even ports, RTCP to odd ones); SRTP of the stream: forged (a wrong tag), cut (too short), replayed, other (another SSRC
// and a wrong tag); DTLS: null (TLS_NULL_WITH_NULL_NULL), hello, garbage (a handshake record).
#include <netinet/ip.h>
#include <netinet/udp.h>

#include <random>
#include <string>
#include <thread>

#include "sender.h"

namespace {

constexpr uint32_t evilSsrc = 0x5ca1ab1e;
constexpr uint8_t evilSound = 0x66;
constexpr size_t tag = 10;
constexpr size_t ahead = sizeof(iphdr) + sizeof(udphdr);
constexpr size_t room = 1'500;
constexpr uint32_t recorded = 50;

using Octets = std::vector<uint8_t>;

class Repertoire {
 public:
  void learn(uint32_t stream, const char* key) {
    stream_ = stream;
    recording_.clear();
    const auto seal = sealFor(key);
    for (uint32_t round = 0; round < recorded && seal != nullptr; round++) {
      Octets packet(most);
      writeVoice(packet.data(), stream, round);
      packet.resize(static_cast<size_t>(seal->rtp(packet, voice)));
      recording_.push_back(packet);
    }
  }

  void greetWith(Octets hello) { hello_ = std::move(hello); }

  Octets packet(const std::string& kind, uint32_t port, uint64_t number) {
    const auto round = static_cast<uint32_t>(number);
    if (kind == "media") return port % 2 == 0 ? sound(round, evilSsrc, voice) : Octets{0x80, 201, 0, 1, 0x5c, 0xa1, 0xab, 0x1e};
    if (kind == "forged") return sound(round, stream_ + 1, voice + tag);
    if (kind == "other") return sound(round, evilSsrc, voice + tag);
    if (kind == "cut") return sound(round, stream_ + 1, 12 + number % tag);
    if (kind == "replayed" && !recording_.empty()) return recording_[number % recording_.size()];
    if (kind == "hello") return hello_;
    if (kind == "null") return nullHello();
    if (kind == "garbage") return garbage();
    fail(kind.c_str());
  }

 private:
  static Octets sound(uint32_t round, uint32_t ssrc, size_t length) {
    Octets packet(std::max(length, voice), evilSound);
    writeVoice(packet.data(), ssrc - 1, round);
    std::fill(packet.begin() + 12, packet.end(), evilSound);
    packet.resize(length);
    return packet;
  }

  /// One ClientHello that offers that suite alone, as in ES2023-01.
  static Octets nullHello() {
    static const Octets packet = octetsOf(
        ("16feff0000000000000000003c010000300000000000000030fefd" + std::string(64, '4') + "0000000200000100000000").c_str());
    return packet;
  }

  Octets garbage() {
    Octets packet(60);
    for (uint8_t& octet : packet) octet = static_cast<uint8_t>(dice_());
    const std::array<uint8_t, 13> head{22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 47};
    std::copy(head.begin(), head.end(), packet.begin());
    return packet;
  }

  uint32_t stream_ = 0;
  std::vector<Octets> recording_;
  Octets hello_;
  std::minstd_rand dice_{1};
};

class Stranger {
 public:
  Stranger(const char* target, const char* address) : target_(target), own_(openPair(address)), raw_(socket(AF_INET, SOCK_RAW, IPPROTO_RAW)) {
    if (raw_ < 0) fail("a raw socket");
    const int buffer = 4 << 20;
    setsockopt(raw_, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
  }

  void carryOut(const std::string& line) {
    const std::lock_guard lock(mutex_);
    std::array<char, 2'048> words{};
    unsigned one = 0;
    unsigned two = 0;
    if (line.starts_with("spray ")) spray(line);
    if (line.starts_with("rest")) kinds_.clear();
    if (std::sscanf(line.c_str(), "recording %u %128s", &one, words.data()) == 2) repertoire_.learn(one, words.data());
    if (std::sscanf(line.c_str(), "hello %2047s", words.data()) == 1) repertoire_.greetWith(octetsOf(words.data()));
    if (std::sscanf(line.c_str(), "as %15s %u", words.data(), &two) == 2) {
      mask_ = relayAt(two, words.data());
      masked_ = true;
    }
    if (line[0] == '?') report();
  }

  /// What is due since the last time.
  void send() {
    const std::lock_guard lock(mutex_);
    if (kinds_.empty()) return;
    const uint64_t due = (now() - began_) * pps_ / 1'000'000'000;
    // What this machine has no time for is not made up for: a burst is no rate.
    if (due > done_ + 50 * pps_ / 1'000 + batch) began_ += (due - done_) * 1'000'000'000 / pps_;
    else while (done_ < due) sendOne();
  }

  void listen(const std::atomic<bool>& over) {
    std::array<pollfd, 2> ready{{{own_.rtp, POLLIN, 0}, {own_.rtcp, POLLIN, 0}}};
    std::array<uint8_t, room> packet;
    while (!over) {
      if (poll(ready.data(), ready.size(), 20) <= 0) continue;
      for (const pollfd& one : ready) {
        if (one.revents != 0 && recv(one.fd, packet.data(), packet.size(), MSG_DONTWAIT) >= 0) received_++;
      }
    }
  }

 private:
  void spray(const std::string& line) {
    std::array<char, 256> kinds{};
    if (std::sscanf(line.c_str(), "spray %u %u %lu %255[^\n]", &first_, &last_, &pps_, kinds.data()) != 4) fail(line.c_str());
    kinds_.clear();
    for (char* kind = std::strtok(kinds.data(), " "); kind != nullptr; kind = std::strtok(nullptr, " ")) kinds_.emplace_back(kind);
    began_ = now();
    done_ = 0;
  }

  void sendOne() {
    const uint32_t ports = last_ - first_ + 1;
    const uint64_t round = done_ / ports;
    const auto port = static_cast<uint16_t>(first_ + done_ % ports);
    const Octets packet = repertoire_.packet(kinds_[round % kinds_.size()], port, round);
    const bool taken = masked_ ? sendMasked(packet, port) : sendTo(own_.rtp, packet.data(), packet.size(), port);
    (taken ? sent_ : refused_)++;
    done_++;
    rounds_ += done_ % (ports * kinds_.size()) == 0 ? 1 : 0;
  }

  bool sendMasked(const Octets& packet, uint16_t port) {
    std::array<uint8_t, ahead + room> whole{};
    auto* ip = reinterpret_cast<iphdr*>(whole.data());
    auto* udp = reinterpret_cast<udphdr*>(whole.data() + sizeof(iphdr));
    ip->version = 4;
    ip->ihl = 5;
    ip->ttl = 64;
    ip->protocol = IPPROTO_UDP;
    ip->saddr = mask_.sin_addr.s_addr;
    ip->daddr = relayAt(port, target_).sin_addr.s_addr;
    udp->source = mask_.sin_port;
    udp->dest = htons(port);
    udp->len = htons(static_cast<uint16_t>(sizeof(udphdr) + packet.size()));
    std::copy(packet.begin(), packet.end(), whole.begin() + ahead);
    return sendTo(raw_, whole.data(), ahead + packet.size(), 0);
  }

  bool sendTo(int socket, const uint8_t* octets, size_t length, uint16_t port) const {
    const sockaddr_in to = relayAt(port, target_);
    return sendto(socket, octets, length, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) >= 0;
  }

  void report() const {
    std::printf("{\"sent\":%lu,\"refused\":%lu,\"rounds\":%lu,\"received\":%lu}\n", sent_, refused_, rounds_, received_.load());
    std::fflush(stdout);
  }

  const char* target_;
  SocketPair own_;
  int raw_;
  std::mutex mutex_;
  Repertoire repertoire_;
  bool masked_ = false;
  sockaddr_in mask_{};
  std::vector<std::string> kinds_;
  unsigned first_ = 0;
  unsigned last_ = 0;
  uint64_t pps_ = 0;
  uint64_t began_ = 0;
  uint64_t done_ = 0;
  uint64_t sent_ = 0;
  uint64_t refused_ = 0;
  uint64_t rounds_ = 0;
  std::atomic<uint64_t> received_ = 0;
};

}  // namespace

/// stranger TARGET OWN_ADDRESS; says `ready`
int main(int argc, char** argv) {
  if (argc < 3) return 2;
  Stranger stranger(argv[1], argv[2]);
  std::printf("ready\n");
  std::fflush(stdout);
  std::atomic<bool> over = false;
  std::thread listener([&] { stranger.listen(over); });
  std::thread reader([&] {
    std::array<char, 4'096> line;
    while (std::fgets(line.data(), line.size(), stdin) != nullptr) stranger.carryOut(line.data());
    over = true;
  });
  const uint64_t began = now();
  for (uint64_t step = 0; !over; step++) {
    stranger.send();
    sleepUntil(began + (step + 1) * (slotNs / stepsPerSlot));
  }
  reader.join();
  listener.join();
}
