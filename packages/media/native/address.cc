#include "address.h"

#include <arpa/inet.h>

#include <cstring>

namespace ringfence {

std::optional<Address> parseAddress(std::string_view text) {
  AddressText terminated{};
  if (text.size() >= terminated.size()) return std::nullopt;
  std::memcpy(terminated.data(), text.data(), text.size());
  Address address;
  for (const int family : {AF_INET, AF_INET6}) {
    if (inet_pton(family, terminated.data(), address.words.data()) != 1) continue;
    address.family = static_cast<std::uint16_t>(family);
    return address;
  }
  return std::nullopt;
}

std::string_view printAddress(const Address& address, AddressText& room) {
  room[0] = '\0';
  if (address.family == 0) return {};
  const char* text = inet_ntop(address.family, address.words.data(), room.data(), static_cast<socklen_t>(room.size()));
  return text == nullptr ? std::string_view{} : std::string_view{text};
}

Endpoint endpointOf(const sockaddr_storage& from) {
  Endpoint endpoint;
  if (from.ss_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &from, sizeof(v4));
    endpoint.address.family = AF_INET;
    endpoint.address.words[0] = v4.sin_addr.s_addr;
    endpoint.port = ntohs(v4.sin_port);
  } else if (from.ss_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &from, sizeof(v6));
    endpoint.address.family = AF_INET6;
    std::memcpy(endpoint.address.words.data(), &v6.sin6_addr, sizeof(v6.sin6_addr));
    endpoint.port = ntohs(v6.sin6_port);
  }
  return endpoint;
}

socklen_t socketAddress(const Endpoint& endpoint, sockaddr_storage& to) {
  if (endpoint.address.family == AF_INET) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    v4.sin_addr.s_addr = endpoint.address.words[0];
    std::memcpy(&to, &v4, sizeof(v4));
    return sizeof(v4);
  }
  if (endpoint.address.family == AF_INET6) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(endpoint.port);
    std::memcpy(&v6.sin6_addr, endpoint.address.words.data(), sizeof(v6.sin6_addr));
    std::memcpy(&to, &v6, sizeof(v6));
    return sizeof(v6);
  }
  return 0;
}

}  // namespace ringfence
