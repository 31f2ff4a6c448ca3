#include "flow-filter.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <string_view>

namespace ringfence::edge {

namespace {
/** Where the program finds what it asks for: from the UDP header on, and with this offset from the IP header on (linux/filter.h). */
constexpr std::uint32_t kSourcePort = 0;
constexpr std::uint32_t kPayload = 8;
constexpr std::uint32_t kNetwork = static_cast<std::uint32_t>(SKF_NET_OFF);
constexpr std::uint32_t kSource4 = kNetwork + 12;
constexpr std::uint32_t kSource6 = kNetwork + 8;
constexpr std::uint32_t kRandom = static_cast<std::uint32_t>(SKF_AD_OFF) + SKF_AD_RANDOM;

constexpr std::uint32_t kPass = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint32_t kDrop = 0;

constexpr sock_filter load(std::uint16_t size, std::uint32_t at) {
  return {.code = static_cast<std::uint16_t>(BPF_LD | BPF_ABS | size), .jt = 0, .jf = 0, .k = at};
}
/** @param yes instructions to skip when it is equal, @param no when it is not */
constexpr sock_filter isEqual(std::uint32_t value, std::uint8_t yes, std::uint8_t no) {
  return {.code = BPF_JMP | BPF_JEQ | BPF_K, .jt = yes, .jf = no, .k = value};
}
constexpr sock_filter skip(std::uint32_t instructions) {
  return {.code = BPF_JMP | BPF_JA, .jt = 0, .jf = 0, .k = instructions};
}
constexpr sock_filter end(std::uint32_t verdict) { return {.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = verdict}; }

/** Behind the flows: is it one of the methods, and has it luck? A second letter is asked where the first is that of others too. */
std::vector<sock_filter> lot(double keep) {
  const double chances = std::clamp(keep, 0.0, 1.0) * std::numeric_limits<std::uint32_t>::max();
  return {
      load(BPF_B, kPayload),
      isEqual('R', 7, 0),
      isEqual('O', 6, 0),
      isEqual('M', 5, 0),
      isEqual('S', 1, 0),
      isEqual('P', 0, 2),
      load(BPF_B, kPayload + 1),
      isEqual('U', 1, 0),
      end(kPass),
      load(BPF_W, kRandom),
      {.code = BPF_JMP | BPF_JGT | BPF_K, .jt = 0, .jf = 1, .k = static_cast<std::uint32_t>(chances)},
      end(kDrop),
      end(kPass),
  };
}

/** What of a source address is compared, four octets each. */
struct Words {
  std::uint32_t at = 0;
  std::size_t count = 0;
  std::array<std::uint32_t, 4> values{};
  std::uint16_t port = 0;
};

Words wordsOf(const sockaddr_storage& flow) {
  Words words;
  if (flow.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &flow, sizeof(v4));
    return {.at = kSource4, .count = 1, .values = {ntohl(v4.sin_addr.s_addr)}, .port = ntohs(v4.sin_port)};
  }
  if (flow.ss_family != AF_INET6) return words;
  sockaddr_in6 v6{};
  std::memcpy(&v6, &flow, sizeof(v6));
  words = {.at = kSource6, .count = words.values.size(), .port = ntohs(v6.sin6_port)};
  std::memcpy(words.values.data(), &v6.sin6_addr, sizeof(words.values));
  for (std::uint32_t& value : words.values) value = ntohl(value);
  return words;
}
}  // namespace

std::vector<sock_filter> flowFilter(std::span<const sockaddr_storage> flows, double keep) {
  std::vector<sock_filter> program;
  /** Those that go to the lot once its place is known. */
  std::vector<std::size_t> toLot;
  for (const sockaddr_storage& flow : flows.first(std::min(flows.size(), kMostFlows))) {
    const Words words = wordsOf(flow);
    if (words.count == 0) continue;
    // Of each question so many instructions are left of this flow when the answer is no.
    auto left = static_cast<std::uint8_t>(2 * words.count + 1);
    program.push_back(load(BPF_H, kSourcePort));
    program.push_back(isEqual(words.port, 0, left));
    for (std::size_t word = 0; word < words.count; word++) {
      left = static_cast<std::uint8_t>(left - 2);
      program.push_back(load(BPF_W, words.at + static_cast<std::uint32_t>(4 * word)));
      program.push_back(isEqual(words.values[word], 0, left));
    }
    toLot.push_back(program.size());
    program.push_back(skip(0));
  }
  program.push_back(end(kPass));
  const std::size_t lotAt = program.size();
  for (const std::size_t place : toLot) program[place].k = static_cast<std::uint32_t>(lotAt - place - 1);
  for (const sock_filter& instruction : lot(keep)) program.push_back(instruction);
  return program;
}

}  // namespace ringfence::edge
