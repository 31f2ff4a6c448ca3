// One side of the calls: a socket that is the peer of every stream, what it sent and what reached it, and when.
#pragma once
#include <arpa/inet.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <vector>

#include "ear.h"

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

/// Negative when that port is somebody's.
inline int tryOpen(const char* address, uint16_t port) {
  const int opened = ::socket(AF_INET, SOCK_DGRAM, 0);
  const int room = 4 << 20;
  // One socket hears all calls: a machine that stands still for seconds must not cost packets here. Only root may have so much.
  const int seconds = 128 << 20;
  if (setsockopt(opened, SOL_SOCKET, SO_RCVBUFFORCE, &seconds, sizeof seconds) != 0) setsockopt(opened, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  setsockopt(opened, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_port = htons(port);
  inet_pton(AF_INET, address, &own.sin_addr);
  if (bind(opened, reinterpret_cast<sockaddr*>(&own), sizeof own) == 0) return opened;
  if (errno != EADDRINUSE) fail(address);
  close(opened);
  return -1;
}

inline uint16_t portOf(int socket) {
  sockaddr_in own{};
  socklen_t length = sizeof own;
  getsockname(socket, reinterpret_cast<sockaddr*>(&own), &length);
  return ntohs(own.sin_port);
}

/// An even port for RTP and the odd one above it for RTCP.
struct SocketPair {
  int rtp = -1;
  int rtcp = -1;
};

inline SocketPair openPair(const char* address) {
  for (;;) {
    const int rtp = tryOpen(address, 0);
    const uint16_t port = portOf(rtp);
    const int rtcp = port % 2 == 0 ? tryOpen(address, static_cast<uint16_t>(port + 1)) : -1;
    if (rtcp >= 0) return {rtp, rtcp};
    close(rtp);
  }
}

/// When each packet of each stream was sent: [stream][sequence % 256]; 0: never.
using SentAt = std::shared_ptr<std::atomic<uint64_t>[]>;

inline SentAt sentAtOf(uint32_t streams) { return SentAt(new std::atomic<uint64_t>[streams * 256]()); }

/// One side: a socket that is the peer of every stream, and one for RTCP, which nobody sends.
struct Side {
  SocketPair sockets;
  uint16_t port;
  std::vector<sockaddr_in> relay;
  SentAt sentAt;
  std::atomic<uint64_t> sent = 0;
  std::atomic<uint64_t> refused = 0;
  std::vector<uint32_t> delays = std::vector<uint32_t>(longestUs + 1);
  std::atomic<uint64_t> received = 0;
  /// What came and the other side did not send.
  std::atomic<uint64_t> foreign = 0;
  std::mutex hearing;
  std::vector<Ear> ears;

  Side(const char* address, uint32_t streams, SentAt times)
      : sockets(openPair(address)), port(portOf(sockets.rtp)), sentAt(std::move(times)), ears(streams) {}
  Side(const char* address, uint32_t streams) : Side(address, streams, sentAtOf(streams)) {}
};

/// Packets that reached this side and found its buffer full: the relay did its part.
inline uint64_t unheardBy(const Side& side) {
  std::array<uint32_t, SK_MEMINFO_VARS> info{};
  socklen_t length = sizeof info;
  getsockopt(side.sockets.rtp, SOL_SOCKET, SO_MEMINFO, info.data(), &length);
  return info[SK_MEMINFO_DROPS];
}

/// Whether the other side sent it: its streams, the numbers it used, and where it is in clear its sound.
inline bool isOurs(const uint8_t* packet, size_t length, uint32_t stream, const Side& from) {
  if (length < 12 || stream >= from.ears.size() || from.sentAt[stream * 256 + packet[3]] == 0) return false;
  return length != voice || std::all_of(packet + 12, packet + voice, [](uint8_t octet) { return octet == 0xd5; });
}

/// Takes what reached `to`, which the other side sent.
inline void take(Side& to, const Side& from, bool measured) {
  static thread_local std::array<std::array<uint8_t, most>, batch> packets;
  static thread_local std::array<iovec, batch> vectors;
  static thread_local std::array<mmsghdr, batch> headers;
  for (int i = 0; i < batch; i++) {
    vectors[i] = {packets[i].data(), most};
    headers[i] = {};
    headers[i].msg_hdr.msg_iov = &vectors[i];
    headers[i].msg_hdr.msg_iovlen = 1;
  }
  const int count = recvmmsg(to.sockets.rtp, headers.data(), batch, MSG_DONTWAIT, nullptr);
  const uint64_t at = now();
  const std::lock_guard lock(to.hearing);
  for (int i = 0; i < count; i++) {
    const uint8_t* packet = packets[i].data();
    if (headers[i].msg_len >= 2 && packet[1] >= 192 && packet[1] <= 223) continue;
    const uint32_t stream = (static_cast<uint32_t>(packet[8]) << 24 | static_cast<uint32_t>(packet[9]) << 16 |
                             static_cast<uint32_t>(packet[10]) << 8 | packet[11]) - 1;
    if (!isOurs(packet, headers[i].msg_len, stream, from)) {
      to.foreign++;
      continue;
    }
    to.received++;
    const uint64_t sentAt = from.sentAt[stream * 256 + packet[3]].load(std::memory_order_relaxed);
    to.ears[stream].hear(static_cast<uint16_t>(packet[2] << 8 | packet[3]), sentAt, at);
    if (measured) to.delays[std::min<uint64_t>(longestUs, at > sentAt ? (at - sentAt) / 1'000 : 0)]++;
  }
}

inline void takeReport(Side& to) {
  std::array<uint8_t, most> packet;
  if (recv(to.sockets.rtcp, packet.data(), packet.size(), MSG_DONTWAIT) >= 0) to.foreign++;
}

inline uint64_t percentile(std::initializer_list<const Side*> sides, double share) {
  const auto at = [&sides](size_t us) {
    uint64_t sum = 0;
    for (const Side* side : sides) sum += side->delays[us];
    return sum;
  };
  uint64_t total = 0;
  for (size_t us = 0; us <= longestUs; us++) total += at(us);
  uint64_t wanted = static_cast<uint64_t>(static_cast<double>(total) * share);
  for (size_t us = 0; us <= longestUs; us++) {
    const uint64_t here = at(us);
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

/// Who listens, and to whom.
struct Listener {
  Side* side;
  const Side* speaker;
};

/// The receiving thread of all sides.
inline void receiveUntil(const std::atomic<bool>& over, const std::vector<Listener>& listeners, const std::atomic<bool>& measured) {
  std::vector<pollfd> ready;
  for (const Listener& listener : listeners) {
    ready.push_back({listener.side->sockets.rtp, POLLIN, 0});
    ready.push_back({listener.side->sockets.rtcp, POLLIN, 0});
  }
  while (!over) {
    if (poll(ready.data(), ready.size(), 20) <= 0) continue;
    for (size_t place = 0; place < listeners.size(); place++) {
      const auto& [side, speaker] = listeners[place];
      if (ready[2 * place].revents != 0) take(*side, *speaker, measured);
      if (ready[2 * place + 1].revents != 0) takeReport(*side);
    }
  }
}
