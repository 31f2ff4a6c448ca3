/**
 * The seam between what a context decides (index, replay, lifetime, SSRCs, MKI) and what is computed: one object for each master key, which keeps
 * nothing between packets. The twin of src/packet-cipher.ts. All spans are the packet up to the octet named; lengths were checked before.
 */
#ifndef RINGFENCE_SRTP_PACKET_CIPHER_H
#define RINGFENCE_SRTP_PACKET_CIPHER_H

#include <memory>

#include "bytes.h"
#include "profile.h"
#include "result.h"

namespace ringfence::srtp {

class PacketCipher {
 public:
  /** Encrypts `length` octets behind `headerLength` in place and writes the tag behind them. Returns the new length. */
  virtual Result sealRtp(Octets buffer, std::size_t headerLength, std::size_t length, std::uint32_t roc) = 0;
  /** Returns the length without the tag, or `kAuthentication`, and then the packet is as it was. */
  virtual Result openRtp(Octets packet, std::size_t headerLength, std::uint32_t roc) = 0;
  /** Encrypts from octet 8 on; writes tag, E flag and index, in the order of the suite. Returns the new length. */
  virtual Result sealRtcp(Octets buffer, std::size_t length, std::uint32_t index) = 0;
  /** `word` is the E flag and index as they stand in the packet. */
  virtual Result openRtcp(Octets packet, std::uint32_t word) = 0;
  virtual ~PacketCipher() = default;
};

/** The E flag in the word that also has the SRTCP index (RFC 3711 §3.4). */
inline constexpr std::uint32_t kEncryptedFlag = 0x8000'0000;

/** A GCM context of OpenSSL is for one of the two; counter mode does both with one. */
enum class Direction : std::uint8_t { kSeal, kOpen };

/** Null when the length of key and salt is wrong or OpenSSL refuses. */
[[nodiscard]] std::unique_ptr<PacketCipher> counterModeCipher(const Profile& profile, View keyAndSalt);
[[nodiscard]] std::unique_ptr<PacketCipher> gcmCipher(const Profile& profile, View keyAndSalt, Direction direction);

}  // namespace ringfence::srtp

#endif
