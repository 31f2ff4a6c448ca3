#include "peer-name.h"

#include <arpa/inet.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string>

namespace ringfence::edge {

namespace {
constexpr std::string_view kZoneSign = "%";

std::size_t write(Octets room, std::string_view text) {
  copy(room, 0, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  return text.size();
}

std::size_t printed(const sockaddr_in6& v6, Octets room) {
  std::array<char, INET6_ADDRSTRLEN> literal{};
  if (inet_ntop(AF_INET6, &v6.sin6_addr, literal.data(), literal.size()) == nullptr) return 0;
  std::string text = literal.data();
  std::array<char, IF_NAMESIZE> zone{};
  // As Node.js writes it: of an address that means nothing without its link.
  if (IN6_IS_ADDR_LINKLOCAL(&v6.sin6_addr) && if_indextoname(v6.sin6_scope_id, zone.data()) != nullptr) {
    text.append(kZoneSign).append(zone.data());
  }
  return write(room, text);
}
}  // namespace

socklen_t peerOf(std::string_view address, std::uint16_t port, sockaddr_storage& to) {
  const std::size_t zone = address.find(kZoneSign);
  const std::string literal{address.substr(0, zone)};
  sockaddr_in v4{};
  if (inet_pton(AF_INET, literal.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&to, &v4, sizeof(v4));
    return sizeof(v4);
  }
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET6, literal.c_str(), &v6.sin6_addr) != 1) return 0;
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  if (zone != std::string_view::npos) {
    const std::string link{address.substr(zone).substr(kZoneSign.size())};
    v6.sin6_scope_id = if_nametoindex(link.c_str());
  }
  std::memcpy(&to, &v6, sizeof(v6));
  return sizeof(v6);
}

std::vector<sockaddr_storage> peersOf(std::string_view lines) {
  std::vector<sockaddr_storage> peers;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    const std::size_t gap = line.find(' ');
    if (gap == std::string_view::npos) continue;
    const std::string_view digits = line.substr(gap + 1);
    std::uint16_t port = 0;
    sockaddr_storage peer{};
    if (std::from_chars(digits.begin(), digits.end(), port).ec != std::errc{}) continue;
    if (peerOf(line.substr(0, gap), port, peer) > 0) peers.push_back(peer);
  }
  return peers;
}

PeerName nameOf(const sockaddr_storage& from, Octets room) {
  if (from.ss_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &from, sizeof(v4));
    std::array<char, INET_ADDRSTRLEN> literal{};
    if (inet_ntop(AF_INET, &v4.sin_addr, literal.data(), literal.size()) == nullptr) return {};
    return {.length = write(room, literal.data()), .port = ntohs(v4.sin_port)};
  }
  if (from.ss_family != AF_INET6) return {};
  sockaddr_in6 v6;
  std::memcpy(&v6, &from, sizeof(v6));
  return {.length = printed(v6, room), .port = ntohs(v6.sin6_port)};
}

}  // namespace ringfence::edge
