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
  aes_cm_128_hmac_sha1_80,
  aes_cm_128_hmac_sha1_32,
  aes_192_cm_hmac_sha1_80,
  aes_192_cm_hmac_sha1_32,
  aes_256_cm_hmac_sha1_80,
  aes_256_cm_hmac_sha1_32,
  aead_aes_128_gcm,
  aead_aes_256_gcm,
};

/** Lengths in octets. The _32 suites keep the SRTCP tag at 80 bits (RFC 3711 §5.2). */
struct Profile {
  /** As in `a=crypto` and in the configuration. */
  std::string_view name;
  bool gcm;
  std::size_t key_length;
  std::size_t salt_length;
  std::size_t rtp_tag_length;
  std::size_t rtcp_tag_length;
  /** The DTLS-SRTP protection profile (RFC 5764 §4.1.2, RFC 7714 §14.2); 0 for a suite that has none. */
  std::uint16_t dtls_profile;
};

inline constexpr Profile profiles[] = {
    {"AES_CM_128_HMAC_SHA1_80", false, 16, 14, 10, 10, 0x0001},
    {"AES_CM_128_HMAC_SHA1_32", false, 16, 14, 4, 10, 0x0002},
    {"AES_192_CM_HMAC_SHA1_80", false, 24, 14, 10, 10, 0},
    {"AES_192_CM_HMAC_SHA1_32", false, 24, 14, 4, 10, 0},
    {"AES_256_CM_HMAC_SHA1_80", false, 32, 14, 10, 10, 0},
    {"AES_256_CM_HMAC_SHA1_32", false, 32, 14, 4, 10, 0},
    {"AEAD_AES_128_GCM", true, 16, 12, 16, 16, 0x0007},
    {"AEAD_AES_256_GCM", true, 32, 12, 16, 16, 0x0008},
};

[[nodiscard]] constexpr const Profile& profile_of(Suite suite) { return profiles[static_cast<std::size_t>(suite)]; }

/** Octets of master key, then master salt (RFC 4568 §6.1; RFC 5764 §4.2 exports them apart: put them together in this order). */
[[nodiscard]] constexpr std::size_t key_and_salt_length(Suite suite) {
  return plus(profile_of(suite).key_length, profile_of(suite).salt_length);
}

[[nodiscard]] constexpr std::optional<Suite> suite_named(std::string_view name) {
  for (std::size_t row = 0; row < std::size(profiles); row++) {
    if (profiles[row].name == name) return static_cast<Suite>(row);
  }
  return std::nullopt;
}

}  // namespace ringfence::srtp

#endif
