/** What `Protector` and `Unprotector` have in common: the keys of a context, their budgets, its SSRCs. The twin of src/key-state.ts and src/lifetime.ts. */
#ifndef RINGFENCE_SRTP_CONTEXT_H
#define RINGFENCE_SRTP_CONTEXT_H

#include <memory>
#include <vector>

#include "packet-cipher.h"
#include "source-table.h"
#include "srtp.h"

namespace ringfence::srtp {

/** How many packets one key has protected and may protect, RFC 3711 §9.2. */
class PacketBudget {
 public:
  PacketBudget(std::uint64_t limit, std::uint64_t used) : limit_(limit), used_(used) {}
  [[nodiscard]] std::uint64_t used() const { return used_; }
  [[nodiscard]] bool spent() const { return used_ >= limit_; }
  void take() { used_++; }

 private:
  std::uint64_t limit_;
  std::uint64_t used_;
};

/** One master key at work. */
struct KeyInUse {
  std::unique_ptr<PacketCipher> cipher;
  std::vector<std::uint8_t> mki;
  PacketBudget rtp;
  PacketBudget rtcp;
};

struct Context {
  const Profile& profile;
  std::vector<KeyInUse> keys;
  /** Of every key of the context, by RFC 3711 §3.1 the same. */
  std::size_t mkiLength = 0;
  SourceTable rtp = {};
  SourceTable rtcp = {};

  /** False when a key does not fit the suite, MKIs repeat or differ in length, a snapshot is none, or OpenSSL refuses. `rtcpGap`: see the protector. */
  [[nodiscard]] bool setUp(std::span<const MasterKey> masters, Direction direction, const Snapshot* resume,
                           std::int64_t rtcpGap);

  /** The key that the MKI before the last `behind` octets names; null when there is none of it. */
  [[nodiscard]] KeyInUse* keyFor(View packet, std::size_t behind);

  /** Octets behind the MKI: RFC 3711 §3.1 puts it before the tag. In GCM the tag belongs to the ciphertext (RFC 7714 §8.2), so nothing is. */
  [[nodiscard]] std::size_t behindMki(std::size_t tagLength) const { return profile.gcm ? 0 : tagLength; }

  [[nodiscard]] Snapshot snapshot() const;
};

}  // namespace ringfence::srtp

#endif
