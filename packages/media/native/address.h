/** Internet addresses as numbers, so that a packet's source is compared in a few instructions. */
#ifndef RINGFENCE_ADDRESS_H
#define RINGFENCE_ADDRESS_H

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ringfence {

/** An IPv4 address is the first word, an IPv6 address all four, as they lie on the wire. */
struct Address {
  std::array<std::uint32_t, 4> words{};
  /** AF_INET, AF_INET6, or 0: no address, which equals no packet's source. */
  std::uint16_t family = 0;

  friend bool operator==(const Address&, const Address&) = default;
};

/** Port 0: nowhere. */
struct Endpoint {
  Address address;
  std::uint16_t port = 0;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/** Room for the longest IPv6 address as text. */
using AddressText = std::array<char, INET6_ADDRSTRLEN>;

/** An IP literal without brackets or zone; nothing for any other text. */
std::optional<Address> parseAddress(std::string_view text);

/** Canonical text, as RFC 5952 wants it; empty for no address. It lies in `room`. */
std::string_view printAddress(const Address& address, AddressText& room);

/** What the kernel wrote beside a packet. No address when it is of a family that we never asked for. */
Endpoint endpointOf(const sockaddr_storage& from);

/** The other way: returns the octets that count, 0 for nowhere. */
socklen_t socketAddress(const Endpoint& endpoint, sockaddr_storage& to);

}  // namespace ringfence

#endif
