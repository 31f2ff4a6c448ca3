/** AEAD_AES_128_GCM and AEAD_AES_256_GCM (RFC 7714). The twin of src/gcm.ts. */
#include "key-material.h"
#include "packet-cipher.h"
#include "rtp-view.h"

namespace ringfence::srtp {
namespace {

constexpr std::size_t tag_length = 16;
constexpr std::size_t iv_length = 12;
using Iv = std::array<std::uint8_t, iv_length>;

class Aead {
 public:
  [[nodiscard]] static std::unique_ptr<Aead> create(const Profile& profile, View key_and_salt, Protocol protocol,
                                                    Direction direction) {
    SessionKeys keys;
    std::unique_ptr<Aead> aead(new Aead());
    if (!derive(profile, key_and_salt, protocol, keys) || aead->context_ == nullptr) return nullptr;
    const EVP_CIPHER* kind = aes_gcm(profile.key_length);
    const int sealing = direction == Direction::seal ? 1 : 0;
    if (kind == nullptr ||
        EVP_CipherInit_ex(aead->context_.get(), kind, nullptr, keys.cipher.data(), nullptr, sealing) != 1) {
      return nullptr;
    }
    copy(aead->salt_, 0, part(View(keys.salt), 0, iv_length));
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
    std::array<std::uint8_t, tag_length> none;
    int written = 0;
    return EVP_CipherFinal_ex(context_.get(), none.data(), &written) == 1;
  }

  CipherContext context_;
  Iv salt_{};
};

class GcmCipher final : public PacketCipher {
 public:
  GcmCipher(std::unique_ptr<Aead> rtp, std::unique_ptr<Aead> rtcp) : rtp_(std::move(rtp)), rtcp_(std::move(rtcp)) {}

  Result seal_rtp(Octets buffer, std::size_t header_length, std::size_t length, std::uint32_t roc) override {
    const Octets packet = part(buffer, 0, length);
    const Iv iv = rtp_->iv(rtp_ssrc(packet), roc, rtp_sequence(packet));
    if (!rtp_->seal(iv, part(packet, 0, header_length), from(packet, header_length),
                    part(buffer, length, tag_length))) {
      return result::malformed;
    }
    return static_cast<Result>(plus(length, tag_length));
  }

  Result open_rtp(Octets packet, std::size_t header_length, std::uint32_t roc) override {
    const std::size_t end = without(packet.size(), tag_length);
    const Octets text = from(part(packet, 0, end), header_length);
    const Iv iv = rtp_->iv(rtp_ssrc(packet), roc, rtp_sequence(packet));
    const bool genuine = rtp_->open(iv, part(packet, 0, header_length), {}, text, from(packet, end));
    return genuine ? static_cast<Result>(end) : result::authentication;
  }

  Result seal_rtcp(Octets buffer, std::size_t length, std::uint32_t index) override {
    const std::size_t end = plus(length, tag_length);
    write32(buffer, end, index | encrypted_flag);
    const Octets body = from(part(buffer, 0, length), rtcp_fixed_header);
    const Associated associated = header_and_word(buffer, index | encrypted_flag);
    if (!rtcp_->seal(rtcp_iv(buffer, index), associated, body, part(buffer, length, tag_length))) {
      return result::malformed;
    }
    return static_cast<Result>(plus(end, srtcp_index_length));
  }

  Result open_rtcp(Octets packet, std::uint32_t word) override {
    const std::size_t tagged = without(packet.size(), srtcp_index_length);
    const std::size_t end = without(tagged, tag_length);
    const Octets tag = part(packet, end, tag_length);
    const Iv iv = rtcp_iv(packet, word & ~encrypted_flag);
    bool genuine = false;
    if ((word & encrypted_flag) != 0) {
      genuine = rtcp_->open(iv, header_and_word(packet, word), {}, from(part(packet, 0, end), rtcp_fixed_header), tag);
    } else {
      // RFC 7714 §9.3: without encryption the whole packet and the index are associated data.
      genuine = rtcp_->open(iv, part(packet, 0, end), from(packet, tagged), {}, tag);
    }
    return genuine ? static_cast<Result>(end) : result::authentication;
  }

 private:
  using Associated = std::array<std::uint8_t, plus(rtcp_fixed_header, srtcp_index_length)>;

  /** RFC 7714 §9.2: the first eight octets, then E flag and index. */
  [[nodiscard]] static Associated header_and_word(View packet, std::uint32_t word) {
    Associated associated;
    copy(associated, 0, part(packet, 0, rtcp_fixed_header));
    write32(associated, rtcp_fixed_header, word);
    return associated;
  }

  [[nodiscard]] Iv rtcp_iv(View packet, std::uint32_t index) const {
    return rtcp_->iv(rtcp_ssrc(packet), index >> 16, static_cast<std::uint16_t>(index & 0xffff));
  }

  std::unique_ptr<Aead> rtp_;
  std::unique_ptr<Aead> rtcp_;
};

}  // namespace

std::unique_ptr<PacketCipher> gcm_cipher(const Profile& profile, View key_and_salt, Direction direction) {
  auto rtp = Aead::create(profile, key_and_salt, Protocol::rtp, direction);
  auto rtcp = Aead::create(profile, key_and_salt, Protocol::rtcp, direction);
  if (rtp == nullptr || rtcp == nullptr) return nullptr;
  return std::make_unique<GcmCipher>(std::move(rtp), std::move(rtcp));
}

}  // namespace ringfence::srtp
