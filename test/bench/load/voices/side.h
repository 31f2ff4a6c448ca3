// One side of the calls: a socket that is the peer of every stream, what it sent and what reached it, and when.
#pragma once
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

constexpr size_t voice = 172;  // RTP header and 160 octets of G.711
constexpr size_t most = 256;   // with SRTP tag
constexpr int batch = 64;
constexpr uint64_t slotNs = 20'000'000;
constexpr uint64_t stepsPerSlot = 20;
constexpr size_t longestUs = 200'000;

inline uint64_t now() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(t.tv_nsec);
}

inline void sleepUntil(uint64_t at) {
  const timespec t{static_cast<time_t>(at / 1'000'000'000), static_cast<long>(at % 1'000'000'000)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, nullptr) == EINTR) {
  }
}

[[noreturn]] inline void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

/// One side: a socket that is the peer of every stream.
struct Side {
  int socket;
  uint16_t port;
  std::vector<sockaddr_in> relay;
  std::unique_ptr<std::atomic<uint64_t>[]> sentAt;  // [stream][sequence % 256]
  std::atomic<uint64_t> sent = 0;
  std::atomic<uint64_t> refused = 0;
  std::vector<uint32_t> delays = std::vector<uint32_t>(longestUs + 1);
  std::atomic<uint64_t> received = 0;

  explicit Side(const char* address) : socket(::socket(AF_INET, SOCK_DGRAM, 0)) {
    const int room = 4 << 20;
    setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    sockaddr_in own{};
    own.sin_family = AF_INET;
    inet_pton(AF_INET, address, &own.sin_addr);
    if (bind(socket, reinterpret_cast<sockaddr*>(&own), sizeof own) != 0) fail("bind");
    socklen_t length = sizeof own;
    getsockname(socket, reinterpret_cast<sockaddr*>(&own), &length);
    port = ntohs(own.sin_port);
  }
};

/// Takes what reached `to`, which the other side sent.
inline void take(Side& to, const Side& from, uint32_t streams, bool measured) {
  static thread_local std::array<std::array<uint8_t, most>, batch> packets;
  static thread_local std::array<iovec, batch> vectors;
  static thread_local std::array<mmsghdr, batch> headers;
  for (int i = 0; i < batch; i++) {
    vectors[i] = {packets[i].data(), most};
    headers[i] = {};
    headers[i].msg_hdr.msg_iov = &vectors[i];
    headers[i].msg_hdr.msg_iovlen = 1;
  }
  const int count = recvmmsg(to.socket, headers.data(), batch, MSG_DONTWAIT, nullptr);
  const uint64_t at = now();
  for (int i = 0; i < count; i++) {
    const uint8_t* packet = packets[i].data();
    if (headers[i].msg_len < 12 || (packet[1] >= 192 && packet[1] <= 223)) continue;
    const uint32_t stream = (static_cast<uint32_t>(packet[8]) << 24 | static_cast<uint32_t>(packet[9]) << 16 |
                             static_cast<uint32_t>(packet[10]) << 8 | packet[11]) - 1;
    if (stream >= streams) continue;
    to.received++;
    const uint64_t sentAt = from.sentAt[stream * 256 + packet[3]].load(std::memory_order_relaxed);
    if (measured) to.delays[std::min<uint64_t>(longestUs, at > sentAt ? (at - sentAt) / 1'000 : 0)]++;
  }
}

inline uint64_t percentile(const Side& one, const Side& other, double share) {
  uint64_t total = 0;
  for (size_t us = 0; us <= longestUs; us++) total += one.delays[us] + other.delays[us];
  uint64_t wanted = static_cast<uint64_t>(static_cast<double>(total) * share);
  for (size_t us = 0; us <= longestUs; us++) {
    const uint64_t here = one.delays[us] + other.delays[us];
    if (here > wanted) return us;
    wanted -= here;
  }
  return longestUs;
}

inline sockaddr_in relayAt(unsigned port, const char* address = "127.0.0.1") {
  sockaddr_in relay{};
  relay.sin_family = AF_INET;
  relay.sin_port = htons(static_cast<uint16_t>(port));
  inet_pton(AF_INET, address, &relay.sin_addr);
  return relay;
}

/// The receiving thread of both sides.
inline void receiveUntil(const std::atomic<bool>& over, Side& phone, Side& pbx, uint32_t streams, const std::atomic<bool>& measured) {
  std::array<pollfd, 2> ready{{{phone.socket, POLLIN, 0}, {pbx.socket, POLLIN, 0}}};
  while (!over) {
    if (poll(ready.data(), ready.size(), 20) <= 0) continue;
    if (ready[0].revents != 0) take(phone, pbx, streams, measured);
    if (ready[1].revents != 0) take(pbx, phone, streams, measured);
  }
}
