/** Who sent a datagram, as numbers. The twin of src/source-key.ts. */
#ifndef RINGFENCE_SOURCE_KEY_H
#define RINGFENCE_SOURCE_KEY_H

#include <array>
#include <cstdint>

namespace ringfence::gate {

/** An address in four words, the first of the wire first; an IPv4 address as RFC 4291 §2.5.5.2 maps it. */
struct Source {
  std::array<std::uint32_t, 4> words{};
  /** `fe80::1%eth0`: of this link only, and in no block of a configuration. */
  bool zoned = false;

  [[nodiscard]] bool isV4() const { return words[0] == 0 && words[1] == 0 && words[2] == 0xffff; }
};

/** No unicast address of the internet begins with it (RFC 4291 §2.4: 2000::/3). */
constexpr std::uint32_t kTurned = 0x8000'0000;

/** An IPv4 address whole, an IPv6 address by its /64: the last 64 bits are the sender's to choose. */
struct SourceKey {
  std::uint32_t high = 0;
  std::uint32_t low = 0;

  [[nodiscard]] static SourceKey of(const Source& source) {
    return source.isV4() ? SourceKey{0, source.words[3]} : SourceKey{source.words[0], source.words[1]};
  }
  /** The /48 around it has a key of its own; an IPv4 source has none. */
  [[nodiscard]] bool hasNetwork() const { return high != 0; }
  [[nodiscard]] SourceKey network() const { return {high ^ kTurned, low & 0xffff'0000}; }
};

}  // namespace ringfence::gate

#endif
