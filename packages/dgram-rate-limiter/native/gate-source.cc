#include "gate-source.h"

#include <arpa/inet.h>

#include <cstring>

namespace ringfence::gate {

namespace {
Source sourceOf(const in_addr& v4) { return {.words = {0, 0, 0xffff, ntohl(v4.s_addr)}, .zoned = false}; }

Source sourceOf(const in6_addr& v6, bool zoned) {
  Source source{.words = {}, .zoned = zoned};
  std::memcpy(source.words.data(), &v6, sizeof(v6));
  for (std::uint32_t& word : source.words) word = ntohl(word);
  return source;
}
}  // namespace

std::optional<Source> sourceOf(const sockaddr_storage& from) {
  if (from.ss_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &from, sizeof(v4));
    return sourceOf(v4.sin_addr);
  }
  if (from.ss_family != AF_INET6) return std::nullopt;
  sockaddr_in6 v6;
  std::memcpy(&v6, &from, sizeof(v6));
  return sourceOf(v6.sin6_addr, v6.sin6_scope_id != 0);
}

std::optional<Source> parseSource(std::string_view text) {
  const std::size_t zone = text.find('%');
  const std::string_view literal = text.substr(0, zone);
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (literal.size() >= terminated.size()) return std::nullopt;
  std::memcpy(terminated.data(), literal.data(), literal.size());
  in_addr v4{};
  if (inet_pton(AF_INET, terminated.data(), &v4) == 1) return sourceOf(v4);
  in6_addr v6{};
  if (inet_pton(AF_INET6, terminated.data(), &v6) != 1) return std::nullopt;
  return sourceOf(v6, zone != std::string_view::npos);
}

}  // namespace ringfence::gate
