/** Session keys from a master key: RFC 3711 §4.3 with a key derivation rate of 0, RFC 6188 §3, RFC 7714 §11. The twin of src/key-material.ts. */
#ifndef RINGFENCE_SRTP_KEY_MATERIAL_H
#define RINGFENCE_SRTP_KEY_MATERIAL_H

#include <openssl/evp.h>

#include <array>
#include <memory>

#include "bytes.h"
#include "profile.h"

namespace ringfence::srtp {

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
/** OpenSSL wipes the key in it when it is freed. */
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

/** Keys of one direction of SRTP or SRTCP; wiped when they go. */
struct SessionKeys {
  std::array<std::uint8_t, 32> cipher{};
  std::array<std::uint8_t, 14> salt{};
  /** Only for counter mode; GCM authenticates with the cipher itself. */
  std::array<std::uint8_t, 20> auth{};

  SessionKeys() = default;
  SessionKeys(const SessionKeys&) = delete;
  SessionKeys& operator=(const SessionKeys&) = delete;
  ~SessionKeys();
};

/** Which of the two protocols a key is for: its first label, RFC 3711 §4.3.1 and §4.3.2. */
enum class Protocol : std::uint8_t { kRtp = 0x00, kRtcp = 0x03 };

/** False when the length of key and salt is not the suite's, or OpenSSL refuses. */
[[nodiscard]] bool derive(const Profile& profile, View keyAndSalt, Protocol protocol, SessionKeys& keys);

/** AES of that key length, looked up in OpenSSL once for the process. Null when it is not there. */
[[nodiscard]] const EVP_CIPHER* aesCounter(std::size_t keyLength);
[[nodiscard]] const EVP_CIPHER* aesGcm(std::size_t keyLength);

}  // namespace ringfence::srtp

#endif
