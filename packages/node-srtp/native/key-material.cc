#include "key-material.h"

#include <openssl/crypto.h>

namespace ringfence::srtp {
namespace {

constexpr std::size_t kBlockLength = 16;

/** RFC 3711 §4.3.3: the AES-CM keystream for IV = (label * 2^48 XOR master salt) * 2^16. `key` is written from front to back. */
bool deriveKey(EVP_CIPHER_CTX* context, View salt, std::uint8_t label, Octets key) {
  std::array<std::uint8_t, kBlockLength> iv{};
  // The 12 octets of a GCM salt are on the left, zeros follow (RFC 7714 §11 keeps RFC 3711's arithmetic on 112 bits).
  copy(iv, 0, salt);
  write8(iv, 7, read8(iv, 7) ^ label);
  std::fill(key.begin(), key.end(), std::uint8_t{0});
  int written = 0;
  return EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, iv.data()) == 1 &&
         EVP_EncryptUpdate(context, key.data(), &written, key.data(), static_cast<int>(key.size())) == 1;
}

/** Fetching costs more than a key: once for each kind. A fetched cipher never changes, so threads may share it. */
const EVP_CIPHER* fetched(const char* name) { return EVP_CIPHER_fetch(nullptr, name, nullptr); }

}  // namespace

SessionKeys::~SessionKeys() {
  OPENSSL_cleanse(cipher.data(), cipher.size());
  OPENSSL_cleanse(salt.data(), salt.size());
  OPENSSL_cleanse(auth.data(), auth.size());
}

bool derive(const Profile& profile, View keyAndSalt, Protocol protocol, SessionKeys& keys) {
  if (keyAndSalt.size() != plus(profile.keyLength, profile.saltLength)) return false;
  const View key = part(keyAndSalt, 0, profile.keyLength);
  const View salt = from(keyAndSalt, profile.keyLength);
  const EVP_CIPHER* aes = aesCounter(profile.keyLength);
  const CipherContext context(EVP_CIPHER_CTX_new());
  if (aes == nullptr || context == nullptr) return false;
  if (EVP_EncryptInit_ex(context.get(), aes, nullptr, key.data(), nullptr) != 1) return false;
  // Cipher key, authentication key and salt follow each other.
  const auto label = static_cast<std::uint8_t>(protocol);
  return deriveKey(context.get(), salt, label, part(Octets(keys.cipher), 0, profile.keyLength)) &&
         (profile.gcm || deriveKey(context.get(), salt, static_cast<std::uint8_t>(label + 1), keys.auth)) &&
         deriveKey(context.get(), salt, static_cast<std::uint8_t>(label + 2),
                   part(Octets(keys.salt), 0, profile.saltLength));
}

const EVP_CIPHER* aesCounter(std::size_t keyLength) {
  static const EVP_CIPHER* const of128 = fetched("AES-128-CTR");
  static const EVP_CIPHER* const of192 = fetched("AES-192-CTR");
  static const EVP_CIPHER* const of256 = fetched("AES-256-CTR");
  return keyLength == 16 ? of128 : keyLength == 24 ? of192 : keyLength == 32 ? of256 : nullptr;
}

const EVP_CIPHER* aesGcm(std::size_t keyLength) {
  static const EVP_CIPHER* const of128 = fetched("AES-128-GCM");
  static const EVP_CIPHER* const of256 = fetched("AES-256-GCM");
  return keyLength == 16 ? of128 : keyLength == 32 ? of256 : nullptr;
}

}  // namespace ringfence::srtp
