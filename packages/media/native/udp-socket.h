/** A bound UDP socket that never blocks, closed when it goes out of scope. */
#ifndef RINGFENCE_UDP_SOCKET_H
#define RINGFENCE_UDP_SOCKET_H

#include <optional>
#include <utility>

#include "address.h"
#include "bytes.h"

namespace ringfence {

struct Datagram {
  /** What the sender sent: more than the room, when it did not fit. */
  std::size_t length = 0;
  Endpoint source;
};

class UdpSocket {
 public:
  UdpSocket() = default;
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;
  UdpSocket(UdpSocket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  UdpSocket& operator=(UdpSocket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~UdpSocket();

  /** 0, or the number of the error; then there is no socket. */
  [[nodiscard]] int bind(const Endpoint& local);
  void enlargeReceiveBuffer(int octets) const;

  /** Nothing when nothing is there. */
  [[nodiscard]] std::optional<Datagram> receive(Octets room) const;
  /** False: the kernel did not take it. */
  [[nodiscard]] bool send(View packet, const Endpoint& to) const;

  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

}  // namespace ringfence

#endif
