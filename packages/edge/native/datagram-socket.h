/** A UDP socket that takes and gives many datagrams by one system call, and lets the gate look before anybody else. */
#ifndef RINGFENCE_DATAGRAM_SOCKET_H
#define RINGFENCE_DATAGRAM_SOCKET_H

#include <netinet/in.h>
#include <sys/socket.h>

#include <span>
#include <string_view>
#include <vector>

#include "datagram-memory.h"
#include "gate.h"

namespace ringfence::edge {

/** What came of one system call. */
struct Batch {
  /** Datagrams the kernel gave. */
  std::size_t taken = 0;
  /** Of these, those noted for JavaScript. */
  std::size_t noted = 0;
  /** The number of the error that ended it; 0: none, or nothing was there. */
  int error = 0;
};

/** What of the outbox is gone: sent, or refused by the kernel for good. */
struct Flushed {
  std::size_t octets = 0;
  /** The kernel takes no more for now. */
  bool full = false;
};

class DatagramSocket {
 public:
  explicit DatagramSocket(Octets memory) : memory_(memory) {}
  DatagramSocket(const DatagramSocket&) = delete;
  DatagramSocket& operator=(const DatagramSocket&) = delete;
  ~DatagramSocket() { close(); }

  /** 0, or the number of the error; then there is no socket. */
  [[nodiscard]] int bind(std::string_view address, std::uint16_t port, int receiveBuffer);
  void close();
  [[nodiscard]] int descriptor() const { return descriptor_; }

  /** What begins with these octets is our own and passes every gate. */
  void pass(View mark) { mark_.assign(mark.begin(), mark.end()); }

  /** @param gate null: everybody passes. @param now whole milliseconds of the gate's clock */
  [[nodiscard]] Batch receive(gate::Gate* gate, double now);
  /** From now on the kernel gives us a share of what these flows would begin; without flows all of it. 0, or the number of the error. */
  [[nodiscard]] int throttle(std::span<const sockaddr_storage> flows, double keep) const;
  /** Sends what the first `octets` of the outbox hold, in order. */
  [[nodiscard]] Flushed flush(std::size_t octets);

 private:
  [[nodiscard]] bool isOwn(View packet) const {
    return !mark_.empty() && packet.size() > mark_.size() && equal(part(packet, 0, mark_.size()), mark_);
  }
  [[nodiscard]] bool note(std::size_t place, std::size_t index, const mmsghdr& message, gate::Verdict verdict);

  DatagramMemory memory_;
  std::vector<std::uint8_t> mark_;
  int descriptor_ = -1;
  std::array<mmsghdr, kBatch> messages_{};
  std::array<iovec, kBatch> parts_{};
  std::array<sockaddr_storage, kBatch> peers_{};
};

}  // namespace ringfence::edge

#endif
