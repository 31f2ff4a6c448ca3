#include "rtcp-mask.h"

namespace ringfence {

namespace {
constexpr std::uint8_t kSourceDescription = 202;
/** Item types of §6.5; 0 ends a chunk. PRIV (8) has a prefix of its own and is masked whole. */
constexpr std::uint8_t kEnd = 0;

/** FNV-1a over the text gives the state of a small generator (xorshift) that writes the letters. */
void maskText(Octets text, std::uint32_t seed) {
  std::uint32_t state = 0x811c9dc5U ^ seed;
  for (const std::uint8_t octet : text) state = (state ^ octet) * 0x01000193U;
  state |= 1;
  for (std::uint8_t& octet : text) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    octet = static_cast<std::uint8_t>(0x61 + (state >> 8) % 26);
  }
}

/** Each chunk: an SSRC, items of type, length and text, an end octet, and zeros up to the next 32-bit word. */
void maskChunks(Octets body, unsigned chunks, std::uint32_t seed) {
  Reader reader(body);
  for (unsigned chunk = 0; chunk < chunks && reader.left() > 4; chunk++) {
    reader.skip(4);
    while (reader.left() >= 2) {
      const std::uint8_t type = reader.u8();
      if (type == kEnd) break;
      const std::size_t wanted = reader.u8();
      const std::size_t size = wanted < reader.left() ? wanted : reader.left();
      maskText(part(body, reader.at(), size), seed);
      reader.skip(size);
    }
    reader.align(4);
  }
}
}  // namespace

void maskSourceDescriptions(Octets packet, std::uint32_t seed) {
  Reader reader(packet);
  while (reader.left() >= 4) {
    const std::uint8_t first = reader.u8();
    const std::uint8_t type = reader.u8();
    const std::size_t words = reader.u16();
    const std::size_t size = 4 * words < reader.left() ? 4 * words : reader.left();
    if (type == kSourceDescription) maskChunks(part(packet, reader.at(), size), first & 0x1fU, seed);
    reader.skip(size);
  }
}

}  // namespace ringfence
