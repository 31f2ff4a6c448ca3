/** Between the address of a peer as the kernel has it and as text. */
#ifndef RINGFENCE_PEER_NAME_H
#define RINGFENCE_PEER_NAME_H

#include <netinet/in.h>
#include <sys/socket.h>

#include <string_view>
#include <vector>

#include "bytes.h"

namespace ringfence::edge {

/** `192.0.2.1`, `2001:db8::1`, `fe80::1%eth0`. Returns the octets that count; 0: the text is no address. */
[[nodiscard]] socklen_t peerOf(std::string_view address, std::uint16_t port, sockaddr_storage& to);

/** Of lines `ADDRESS PORT`; what is none is left out. */
[[nodiscard]] std::vector<sockaddr_storage> peersOf(std::string_view lines);

/** The octets written into `room`, and the port. No octets: it is no address of the internet. */
struct PeerName {
  std::size_t length = 0;
  std::uint16_t port = 0;
};
[[nodiscard]] PeerName nameOf(const sockaddr_storage& from, Octets room);

}  // namespace ringfence::edge

#endif
