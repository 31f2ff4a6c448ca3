/** The memory that a socket and JavaScript share: datagrams that came, what is said of each, and datagrams to send (src/io/native-udp.ts). */
#ifndef RINGFENCE_DATAGRAM_MEMORY_H
#define RINGFENCE_DATAGRAM_MEMORY_H

#include <array>

#include "bytes.h"

namespace ringfence::edge {

/** Datagrams that one system call takes. */
constexpr std::size_t kBatch = 32;
/** No datagram is larger. */
constexpr std::size_t kRoom = 65'536;
/** For an address as text, with a zone. */
constexpr std::size_t kTextRoom = 64;
constexpr std::size_t kOutbox = 262'144;
/** Of a datagram: its place, its length, its sender's port, the gate's verdict, the length of its sender's address. */
constexpr std::size_t kNotes = 5;
constexpr std::size_t kSharedMemory = kBatch * (kRoom + kTextRoom + kNotes * sizeof(std::uint32_t)) + kOutbox;

/** Nothing in it when the memory is not as large as it must be. */
class DatagramMemory {
 public:
  explicit DatagramMemory(Octets memory) : memory_(memory.size() == kSharedMemory ? memory : Octets{}) {}

  [[nodiscard]] bool ok() const { return !memory_.empty(); }
  [[nodiscard]] Octets room(std::size_t place) const { return part(memory_, place * kRoom, kRoom); }
  [[nodiscard]] Octets text(std::size_t place) const {
    return part(memory_, kBatch * kRoom + place * kTextRoom, kTextRoom);
  }
  [[nodiscard]] View outbox() const { return part(memory_, kSharedMemory - kOutbox, kOutbox); }

  void note(std::size_t index, const std::array<std::uint32_t, kNotes>& numbers) const {
    const std::size_t first = kBatch * (kRoom + kTextRoom) + index * sizeof(numbers);
    copy(memory_, first, {reinterpret_cast<const std::uint8_t*>(numbers.data()), sizeof(numbers)});
  }

 private:
  Octets memory_;
};

}  // namespace ringfence::edge

#endif
