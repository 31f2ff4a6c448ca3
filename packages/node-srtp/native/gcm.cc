/** AEAD_AES_128_GCM and AEAD_AES_256_GCM (RFC 7714). The twin of src/gcm.ts. */
#include "key-material.h"
#include "packet-cipher.h"
#include "rtp-view.h"

namespace ringfence::srtp {
namespace {

constexpr std::size_t kTagLength = 16;
constexpr std::size_t kIvLength = 12;
using Iv = std::array<std::uint8_t, kIvLength>;

class Aead {
 public:
  [[nodiscard]] static std::unique_ptr<Aead> create(const Profile& profile, View keyAndSalt, Protocol protocol,
                                                    Direction direction) {
    SessionKeys keys;
    std::unique_ptr<Aead> aead(new Aead());
    if (!derive(profile, keyAndSalt, protocol, keys) || aead->context_ == nullptr) return nullptr;
    const EVP_CIPHER* kind = aesGcm(profile.keyLength);
    const int sealing = direction == Direction::kSeal ? 1 : 0;
    if (kind == nullptr ||
        EVP_CipherInit_ex(aead->context_.get(), kind, nullptr, keys.cipher.data(), nullptr, sealing) != 1) {
      return nullptr;
    }
    copy(aead->salt_, 0, part(View(keys.salt), 0, kIvLength));
    return aead;
  }

  /** RFC 7714 §8.1 and §9.1: 16 zero bits, SSRC, then 48 bits of index, XOR salt. */
  [[nodiscard]] Iv iv(std::uint32_t ssrc, std::uint32_t high, std::uint16_t low) const {
    Iv iv = salt_;
    write32(iv, 2, read32(iv, 2) ^ ssrc);
    write32(iv, 6, read32(iv, 6) ^ high);
    write16(iv, 10, read16(iv, 10) ^ low);
    return iv;
  }

  [[nodiscard]] bool seal(const Iv& iv, View associated, Octets text, Octets tag) {
    return begin(iv, associated, {}) && transform(text) && end() &&
           EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()), tag.data()) == 1;
  }

  /** `appendix` is associated data too. On false the text is as it was. */
  [[nodiscard]] bool open(const Iv& iv, View associated, View appendix, Octets text, Octets tag) {
    if (begin(iv, associated, appendix) && transform(text) &&
        EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()), tag.data()) == 1 &&
        end()) {
      return true;
    }
    // Decrypting twice with one keystream gives the octets that came. Nothing is kept of what did not authenticate.
    if (begin(iv, {}, {})) (void)transform(text);
    return false;
  }

 private:
  Aead() : context_(EVP_CIPHER_CTX_new()) {}

  bool begin(const Iv& iv, View associated, View appendix) {
    return EVP_CipherInit_ex(context_.get(), nullptr, nullptr, nullptr, iv.data(), -1) == 1 && associate(associated) &&
           associate(appendix);
  }

  bool associate(View octets) {
    int written = 0;
    return octets.empty() ||
           EVP_CipherUpdate(context_.get(), nullptr, &written, octets.data(), static_cast<int>(octets.size())) == 1;
  }

  bool transform(Octets text) {
    int written = 0;
    return text.empty() ||
           EVP_CipherUpdate(context_.get(), text.data(), &written, text.data(), static_cast<int>(text.size())) == 1;
  }

  /** GCM writes nothing here; opening, it compares the tag, in the same time wherever the first difference is. */
  bool end() {
    std::array<std::uint8_t, kTagLength> none;
    int written = 0;
    return EVP_CipherFinal_ex(context_.get(), none.data(), &written) == 1;
  }

  CipherContext context_;
  Iv salt_{};
};

class GcmCipher final : public PacketCipher {
 public:
  GcmCipher(std::unique_ptr<Aead> rtp, std::unique_ptr<Aead> rtcp) : rtp_(std::move(rtp)), rtcp_(std::move(rtcp)) {}

  Result sealRtp(Octets buffer, std::size_t headerLength, std::size_t length, std::uint32_t roc) override {
    const Octets packet = part(buffer, 0, length);
    const Iv iv = rtp_->iv(rtpSsrc(packet), roc, rtpSequence(packet));
    if (!rtp_->seal(iv, part(packet, 0, headerLength), from(packet, headerLength), part(buffer, length, kTagLength))) {
      return result::kMalformed;
    }
    return static_cast<Result>(plus(length, kTagLength));
  }

  Result openRtp(Octets packet, std::size_t headerLength, std::uint32_t roc) override {
    const std::size_t end = without(packet.size(), kTagLength);
    const Octets text = from(part(packet, 0, end), headerLength);
    const Iv iv = rtp_->iv(rtpSsrc(packet), roc, rtpSequence(packet));
    const bool genuine = rtp_->open(iv, part(packet, 0, headerLength), {}, text, from(packet, end));
    return genuine ? static_cast<Result>(end) : result::kAuthentication;
  }

  Result sealRtcp(Octets buffer, std::size_t length, std::uint32_t index) override {
    const std::size_t end = plus(length, kTagLength);
    write32(buffer, end, index | kEncryptedFlag);
    const Octets body = from(part(buffer, 0, length), kRtcpFixedHeader);
    const Associated associated = headerAndWord(buffer, index | kEncryptedFlag);
    if (!rtcp_->seal(rtcpIv(buffer, index), associated, body, part(buffer, length, kTagLength))) {
      return result::kMalformed;
    }
    return static_cast<Result>(plus(end, kSrtcpIndexLength));
  }

  Result openRtcp(Octets packet, std::uint32_t word) override {
    const std::size_t tagged = without(packet.size(), kSrtcpIndexLength);
    const std::size_t end = without(tagged, kTagLength);
    const Octets tag = part(packet, end, kTagLength);
    const Iv iv = rtcpIv(packet, word & ~kEncryptedFlag);
    bool genuine = false;
    if ((word & kEncryptedFlag) != 0) {
      genuine = rtcp_->open(iv, headerAndWord(packet, word), {}, from(part(packet, 0, end), kRtcpFixedHeader), tag);
    } else {
      // RFC 7714 §9.3: without encryption the whole packet and the index are associated data.
      genuine = rtcp_->open(iv, part(packet, 0, end), from(packet, tagged), {}, tag);
    }
    return genuine ? static_cast<Result>(end) : result::kAuthentication;
  }

 private:
  using Associated = std::array<std::uint8_t, plus(kRtcpFixedHeader, kSrtcpIndexLength)>;

  /** RFC 7714 §9.2: the first eight octets, then E flag and index. */
  [[nodiscard]] static Associated headerAndWord(View packet, std::uint32_t word) {
    Associated associated;
    copy(associated, 0, part(packet, 0, kRtcpFixedHeader));
    write32(associated, kRtcpFixedHeader, word);
    return associated;
  }

  [[nodiscard]] Iv rtcpIv(View packet, std::uint32_t index) const {
    return rtcp_->iv(rtcpSsrc(packet), index >> 16, static_cast<std::uint16_t>(index & 0xffff));
  }

  std::unique_ptr<Aead> rtp_;
  std::unique_ptr<Aead> rtcp_;
};

}  // namespace

std::unique_ptr<PacketCipher> gcmCipher(const Profile& profile, View keyAndSalt, Direction direction) {
  auto rtp = Aead::create(profile, keyAndSalt, Protocol::kRtp, direction);
  auto rtcp = Aead::create(profile, keyAndSalt, Protocol::kRtcp, direction);
  if (rtp == nullptr || rtcp == nullptr) return nullptr;
  return std::make_unique<GcmCipher>(std::move(rtp), std::move(rtcp));
}

}  // namespace ringfence::srtp
