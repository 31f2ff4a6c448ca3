/** What waits at a socket, read in one go: each datagram at the beginning of a room of its own. */
#ifndef RINGFENCE_DATAGRAM_BATCH_H
#define RINGFENCE_DATAGRAM_BATCH_H

#include <array>

#include "relay.h"

namespace ringfence {

class DatagramBatch {
 public:
  /** Time of a few packets that are relayed, when none of these is. */
  static constexpr std::size_t kMost = 32;

  DatagramBatch();
  DatagramBatch(const DatagramBatch&) = delete;
  DatagramBatch& operator=(const DatagramBatch&) = delete;

  /** How many there were. Those read before are gone. */
  [[nodiscard]] std::size_t receive(const UdpSocket& socket);
  [[nodiscard]] Octets room(std::size_t place) { return rooms_[place]; }
  [[nodiscard]] Datagram datagram(std::size_t place) const;

 private:
  std::array<std::array<std::uint8_t, kPacketRoom>, kMost> rooms_{};
  std::array<sockaddr_storage, kMost> sources_{};
  std::array<iovec, kMost> vectors_{};
  std::array<mmsghdr, kMost> headers_{};
};

}  // namespace ringfence

#endif
