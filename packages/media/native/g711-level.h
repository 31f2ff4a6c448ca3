/** Whether a G.711 payload holds silence (ITU-T G.711): the mean of its magnitudes against a threshold. The twin of src/engine/g711-level.ts. */
#ifndef RINGFENCE_G711_LEVEL_H
#define RINGFENCE_G711_LEVEL_H

#include <array>

#include "bytes.h"

namespace ringfence {

namespace detail {

using Magnitudes = std::array<std::uint16_t, 256>;

constexpr Magnitudes muLaw() {
  Magnitudes magnitudes{};
  for (std::uint32_t code = 0; code < 256; code++) {
    const std::uint32_t bits = ~code & 0x7f;
    magnitudes[code] = static_cast<std::uint16_t>((((bits & 0x0f) << 3) + 0x84) << (bits >> 4)) - 0x84;
  }
  return magnitudes;
}

constexpr Magnitudes aLaw() {
  Magnitudes magnitudes{};
  for (std::uint32_t code = 0; code < 256; code++) {
    const std::uint32_t bits = (code ^ 0x55) & 0x7f;
    const std::uint32_t exponent = bits >> 4;
    const std::uint32_t mantissa = ((bits & 0x0f) << 4) + 8;
    magnitudes[code] = static_cast<std::uint16_t>(exponent == 0 ? mantissa : (mantissa + 0x100) << (exponent - 1));
  }
  return magnitudes;
}

inline constexpr Magnitudes kMuLaw = muLaw();
inline constexpr Magnitudes kALaw = aLaw();

}  // namespace detail

[[nodiscard]] inline bool isQuiet(View payload, bool isALaw) {
  /** Mean magnitude of 16-bit samples: about -60 dB below full scale, under what a quiet room gives a microphone. */
  constexpr std::size_t quietBelow = 33;
  const detail::Magnitudes& magnitudes = isALaw ? detail::kALaw : detail::kMuLaw;
  std::size_t sum = 0;
  for (const std::uint8_t code : payload) sum += magnitudes[code];
  return sum < quietBelow * payload.size();
}

}  // namespace ringfence

#endif
