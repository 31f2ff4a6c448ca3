/**
 * AES-CM with HMAC-SHA1 (RFC 3711 §4.1.1, §4.2.1; RFC 6188 for longer keys). The twin of src/counter-mode.ts.
 *
 * HMAC is two hashes (RFC 2104) whose states after the padded key are kept and copied: OpenSSL's own HMAC allocates for each packet. That needs the
 * hash as a plain structure, which OpenSSL calls deprecated and still has.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "key-material.h"
#include "packet-cipher.h"
#include "rtp-view.h"

namespace ringfence::srtp {
namespace {

using Digest = std::array<std::uint8_t, SHA_DIGEST_LENGTH>;

class Tag {
 public:
  explicit Tag(View key) {
    std::array<std::uint8_t, SHA_CBLOCK> block{};
    begin(inner_, key, 0x36, block);
    begin(outer_, key, 0x5c, block);
    OPENSSL_cleanse(block.data(), block.size());
  }
  Tag(const Tag&) = delete;
  Tag& operator=(const Tag&) = delete;
  ~Tag() {
    OPENSSL_cleanse(&inner_, sizeof(inner_));
    OPENSSL_cleanse(&outer_, sizeof(outer_));
  }

  /** Over `text`, then `appendix`, which is not in the packet. */
  [[nodiscard]] Digest over(View text, View appendix) const {
    Digest digest;
    SHA_CTX state = inner_;
    SHA1_Update(&state, text.data(), text.size());
    SHA1_Update(&state, appendix.data(), appendix.size());
    SHA1_Final(digest.data(), &state);
    state = outer_;
    SHA1_Update(&state, digest.data(), digest.size());
    SHA1_Final(digest.data(), &state);
    return digest;
  }

 private:
  static void begin(SHA_CTX& state, View key, std::uint8_t pad, Octets block) {
    std::fill(block.begin(), block.end(), pad);
    for (std::size_t at = 0; at < key.size(); at++) block[at] = key[at] ^ pad;
    SHA1_Init(&state);
    SHA1_Update(&state, block.data(), block.size());
  }

  SHA_CTX inner_;
  SHA_CTX outer_;
};

/** Encryption and authentication of one protocol. */
class Half {
 public:
  [[nodiscard]] static std::unique_ptr<Half> create(const Profile& profile, View keyAndSalt, Protocol protocol) {
    SessionKeys keys;
    CipherContext aes(EVP_CIPHER_CTX_new());
    if (!derive(profile, keyAndSalt, protocol, keys) || aes == nullptr) return nullptr;
    const EVP_CIPHER* kind = aesCounter(profile.keyLength);
    if (EVP_EncryptInit_ex(aes.get(), kind, nullptr, keys.cipher.data(), nullptr) != 1) return nullptr;
    return std::unique_ptr<Half>(new Half(std::move(aes), keys));
  }

  /** RFC 3711 §4.1.1: IV = salt * 2^16 XOR SSRC * 2^64 XOR index * 2^16; `high` and `low` are the index's 32 and 16 bits. */
  [[nodiscard]] bool apply(Octets text, std::uint32_t ssrc, std::uint32_t high, std::uint16_t low) {
    if (text.empty()) return true;
    std::array<std::uint8_t, 16> iv{};
    copy(iv, 0, salt_);
    write32(iv, 4, read32(iv, 4) ^ ssrc);
    write32(iv, 8, read32(iv, 8) ^ high);
    write16(iv, 12, read16(iv, 12) ^ low);
    int written = 0;
    return EVP_EncryptInit_ex(aes_.get(), nullptr, nullptr, nullptr, iv.data()) == 1 &&
           EVP_EncryptUpdate(aes_.get(), text.data(), &written, text.data(), static_cast<int>(text.size())) == 1;
  }

  void sign(Octets tag, View text, View appendix) const {
    copy(tag, 0, part(View(tag_.over(text, appendix)), 0, tag.size()));
  }

  /** In the same time wherever the first difference is. */
  [[nodiscard]] bool matches(View tag, View text, View appendix) const {
    const Digest digest = tag_.over(text, appendix);
    return tag.size() <= digest.size() && CRYPTO_memcmp(tag.data(), digest.data(), tag.size()) == 0;
  }

 private:
  Half(CipherContext aes, const SessionKeys& keys) : aes_(std::move(aes)), salt_(keys.salt), tag_(keys.auth) {}

  CipherContext aes_;
  std::array<std::uint8_t, 14> salt_;
  Tag tag_;
};

class CounterModeCipher final : public PacketCipher {
 public:
  CounterModeCipher(const Profile& profile, std::unique_ptr<Half> rtp, std::unique_ptr<Half> rtcp)
      : profile_(profile), rtp_(std::move(rtp)), rtcp_(std::move(rtcp)) {}

  Result sealRtp(Octets buffer, std::size_t headerLength, std::size_t length, std::uint32_t roc) override {
    const Octets packet = part(buffer, 0, length);
    if (!rtp_->apply(from(packet, headerLength), rtpSsrc(packet), roc, rtpSequence(packet))) {
      return result::kMalformed;
    }
    rtp_->sign(part(buffer, length, profile_.rtpTagLength), packet, unsent(roc));
    return static_cast<Result>(plus(length, profile_.rtpTagLength));
  }

  Result openRtp(Octets packet, std::size_t headerLength, std::uint32_t roc) override {
    const std::size_t end = without(packet.size(), profile_.rtpTagLength);
    const Octets text = part(packet, 0, end);
    if (!rtp_->matches(from(packet, end), text, unsent(roc))) return result::kAuthentication;
    if (!rtp_->apply(from(text, headerLength), rtpSsrc(packet), roc, rtpSequence(packet))) {
      return result::kAuthentication;
    }
    return static_cast<Result>(end);
  }

  Result sealRtcp(Octets buffer, std::size_t length, std::uint32_t index) override {
    const Octets body = from(part(buffer, 0, length), kRtcpFixedHeader);
    if (!applyRtcp(body, rtcpSsrc(buffer), index)) return result::kMalformed;
    write32(buffer, length, index | kEncryptedFlag);
    const std::size_t end = plus(length, kSrtcpIndexLength);
    rtcp_->sign(part(buffer, end, profile_.rtcpTagLength), part(buffer, 0, end), {});
    return static_cast<Result>(plus(end, profile_.rtcpTagLength));
  }

  Result openRtcp(Octets packet, std::uint32_t word) override {
    const std::size_t end = without(packet.size(), profile_.rtcpTagLength);
    const Octets text = part(packet, 0, end);
    if (!rtcp_->matches(from(packet, end), text, {})) return result::kAuthentication;
    const std::size_t plain = without(end, kSrtcpIndexLength);
    const Octets body = from(part(packet, 0, plain), kRtcpFixedHeader);
    if ((word & kEncryptedFlag) != 0 && !applyRtcp(body, rtcpSsrc(packet), word & ~kEncryptedFlag)) {
      return result::kAuthentication;
    }
    return static_cast<Result>(plain);
  }

 private:
  /** RFC 3711 §4.2: the authenticated text is the packet followed by the rollover counter, which is not sent. */
  [[nodiscard]] std::array<std::uint8_t, 4> unsent(std::uint32_t roc) const {
    std::array<std::uint8_t, 4> octets;
    write32(octets, 0, roc);
    return octets;
  }

  [[nodiscard]] bool applyRtcp(Octets body, std::uint32_t ssrc, std::uint32_t index) {
    return rtcp_->apply(body, ssrc, index >> 16, static_cast<std::uint16_t>(index & 0xffff));
  }

  const Profile& profile_;
  std::unique_ptr<Half> rtp_;
  std::unique_ptr<Half> rtcp_;
};

}  // namespace

std::unique_ptr<PacketCipher> counterModeCipher(const Profile& profile, View keyAndSalt) {
  auto rtp = Half::create(profile, keyAndSalt, Protocol::kRtp);
  auto rtcp = Half::create(profile, keyAndSalt, Protocol::kRtcp);
  if (rtp == nullptr || rtcp == nullptr) return nullptr;
  return std::make_unique<CounterModeCipher>(profile, std::move(rtp), std::move(rtcp));
}

}  // namespace ringfence::srtp
