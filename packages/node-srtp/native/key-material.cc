#include "key-material.h"

#include <openssl/crypto.h>

namespace ringfence::srtp {
namespace {

constexpr std::size_t block_length = 16;

/** RFC 3711 §4.3.3: the AES-CM keystream for IV = (label * 2^48 XOR master salt) * 2^16. `key` is written from front to back. */
bool derive_key(EVP_CIPHER_CTX* context, View salt, std::uint8_t label, Octets key) {
  std::array<std::uint8_t, block_length> iv{};
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

bool derive(const Profile& profile, View key_and_salt, Protocol protocol, SessionKeys& keys) {
  if (key_and_salt.size() != plus(profile.key_length, profile.salt_length)) return false;
  const View key = part(key_and_salt, 0, profile.key_length);
  const View salt = from(key_and_salt, profile.key_length);
  const EVP_CIPHER* aes = aes_counter(profile.key_length);
  const CipherContext context(EVP_CIPHER_CTX_new());
  if (aes == nullptr || context == nullptr) return false;
  if (EVP_EncryptInit_ex(context.get(), aes, nullptr, key.data(), nullptr) != 1) return false;
  // Cipher key, authentication key and salt follow each other.
  const auto label = static_cast<std::uint8_t>(protocol);
  return derive_key(context.get(), salt, label, part(Octets(keys.cipher), 0, profile.key_length)) &&
         (profile.gcm || derive_key(context.get(), salt, static_cast<std::uint8_t>(label + 1), keys.auth)) &&
         derive_key(context.get(), salt, static_cast<std::uint8_t>(label + 2),
                    part(Octets(keys.salt), 0, profile.salt_length));
}

const EVP_CIPHER* aes_counter(std::size_t key_length) {
  static const EVP_CIPHER* const of_128 = fetched("AES-128-CTR");
  static const EVP_CIPHER* const of_192 = fetched("AES-192-CTR");
  static const EVP_CIPHER* const of_256 = fetched("AES-256-CTR");
  return key_length == 16 ? of_128 : key_length == 24 ? of_192 : key_length == 32 ? of_256 : nullptr;
}

const EVP_CIPHER* aes_gcm(std::size_t key_length) {
  static const EVP_CIPHER* const of_128 = fetched("AES-128-GCM");
  static const EVP_CIPHER* const of_256 = fetched("AES-256-GCM");
  return key_length == 16 ? of_128 : key_length == 32 ? of_256 : nullptr;
}

}  // namespace ringfence::srtp
