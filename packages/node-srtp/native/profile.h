/** The suites as data (RFC 4568 §6.2, RFC 6188 §4, RFC 7714 §14): the twin of src/profile.ts, row for row. */
#ifndef RINGFENCE_SRTP_PROFILE_H
#define RINGFENCE_SRTP_PROFILE_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "bytes.h"

namespace ringfence::srtp {

/** The numbers are those of the rows below; nothing outside the process sees them. */
enum class Suite : std::uint8_t {
  kAesCm128HmacSha1_80,
  kAesCm128HmacSha1_32,
  kAes192CmHmacSha1_80,
  kAes192CmHmacSha1_32,
  kAes256CmHmacSha1_80,
  kAes256CmHmacSha1_32,
  kAeadAes128Gcm,
  kAeadAes256Gcm,
};

/** Lengths in octets. The _32 suites keep the SRTCP tag at 80 bits (RFC 3711 §5.2). */
struct Profile {
  /** As in `a=crypto` and in the configuration. */
  std::string_view name;
  bool gcm;
  std::size_t keyLength;
  std::size_t saltLength;
  std::size_t rtpTagLength;
  std::size_t rtcpTagLength;
  /** The DTLS-SRTP protection profile (RFC 5764 §4.1.2, RFC 7714 §14.2); 0 for a suite that has none. */
  std::uint16_t dtlsProfile;
};

inline constexpr Profile kProfiles[] = {
    {"AES_CM_128_HMAC_SHA1_80", false, 16, 14, 10, 10, 0x0001},
    {"AES_CM_128_HMAC_SHA1_32", false, 16, 14, 4, 10, 0x0002},
    {"AES_192_CM_HMAC_SHA1_80", false, 24, 14, 10, 10, 0},
    {"AES_192_CM_HMAC_SHA1_32", false, 24, 14, 4, 10, 0},
    {"AES_256_CM_HMAC_SHA1_80", false, 32, 14, 10, 10, 0},
    {"AES_256_CM_HMAC_SHA1_32", false, 32, 14, 4, 10, 0},
    {"AEAD_AES_128_GCM", true, 16, 12, 16, 16, 0x0007},
    {"AEAD_AES_256_GCM", true, 32, 12, 16, 16, 0x0008},
};

[[nodiscard]] constexpr const Profile& profileOf(Suite suite) { return kProfiles[static_cast<std::size_t>(suite)]; }

/** Octets of master key, then master salt (RFC 4568 §6.1; RFC 5764 §4.2 exports them apart: put them together in this order). */
[[nodiscard]] constexpr std::size_t keyAndSaltLength(Suite suite) {
  return plus(profileOf(suite).keyLength, profileOf(suite).saltLength);
}

[[nodiscard]] constexpr std::optional<Suite> suiteNamed(std::string_view name) {
  for (std::size_t row = 0; row < std::size(kProfiles); row++) {
    if (kProfiles[row].name == name) return static_cast<Suite>(row);
  }
  return std::nullopt;
}

}  // namespace ringfence::srtp

#endif
