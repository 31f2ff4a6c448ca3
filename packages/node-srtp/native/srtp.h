/**
 * SRTP and SRTCP contexts (RFC 3711, RFC 6188, RFC 7714) for the packet engine; the twin of src/protect.ts and src/unprotect.ts, and tested
 * against them: same results, same octets, same codes.
 *
 * One `Protector` for what is sent and one `Unprotector` for what is received under one set of master keys: that is, for each direction of each
 * leg, RTP and RTCP together. Work is in place.
 *
 *   auto inbound = srtp::Unprotector::create(suite, {{.keyAndSalt = theirs}});
 *   if (inbound == nullptr) ...                            // wrong key length: a mistake of the caller
 *   srtp::Result plain = inbound->rtp(buffer, received);   // buffer: what recvfrom filled; received: its length
 *   if (plain < 0) ...                                     // drop and count; nothing was learnt from the packet
 *
 * Threads: a context is used by one thread at a time; there is no lock and no global in it. It may move to another thread between packets.
 * Cost: about 0.3 µs a packet with 160 octets of payload, 2 kB and 20 µs to make. Nothing is allocated for a packet, except for the first packet
 * of a new SSRC that authenticated (44 octets).
 * Packets may be up to 65,535 octets long. Lengths larger than the buffer are refused, never believed.
 */
#ifndef RINGFENCE_SRTP_H
#define RINGFENCE_SRTP_H

#include <initializer_list>
#include <memory>
#include <vector>

#include "bytes.h"
#include "profile.h"
#include "result.h"

namespace ringfence::srtp {

/** SSRCs a context remembers, RTP and RTCP each. Then new ones are refused (`kSsrcLimit`); none is ever forgotten (src/source-table.ts says why). */
inline constexpr std::size_t kMaxSources = 256;
/** RFC 4568 §6.1. */
inline constexpr std::size_t kMaxMkiLength = 128;
/** Master keys of one context. */
inline constexpr std::size_t kMaxMasterKeys = 16;
/** Packets a master key may protect, over all SSRCs (RFC 3711 §9.2). */
inline constexpr std::uint64_t kRtpLifetime = std::uint64_t{1} << 48;
inline constexpr std::uint64_t kRtcpLifetime = std::uint64_t{1} << 31;
/** The most a packet grows by without an MKI: the largest tag, E flag and SRTCP index. With one, add its length. */
inline constexpr std::size_t kMaxExpansion = 20;

/** Only read while a context is made; the octets may go away afterwards. */
struct MasterKey {
  /** `keyAndSaltLength(suite)` octets. */
  View keyAndSalt;
  /** The master key identifier on the wire (RFC 3711 §3.1), 1 to `kMaxMkiLength` octets; empty when packets carry none. */
  View mki = {};
  /** Fewer packets than the RFC allows, from `|2^20` in a=crypto. */
  std::uint64_t lifetime = kRtpLifetime;
};

/** The highest index of one SSRC. */
struct SourceIndex {
  std::uint32_t ssrc;
  std::int64_t index;
};

/** Packets one master key was used for. */
struct PacketsUsed {
  std::uint64_t rtp;
  std::uint64_t rtcp;
};

/** The state of a context as plain data, without keys: what another process or context needs to carry a stream on with the same keys. */
struct Snapshot {
  std::vector<SourceIndex> rtp;
  std::vector<SourceIndex> rtcp;
  /** One for each master key, in their order. */
  std::vector<PacketsUsed> used;
};

/** Plain to protected. */
class Protector {
 public:
  /** Null when the length of key and salt or of the MKI is not the suite's or RFC 4568's, a snapshot is none, or OpenSSL refuses. */
  [[nodiscard]] static std::unique_ptr<Protector> create(Suite suite, const MasterKey& key,
                                                         const Snapshot* resume = nullptr);

  /**
   * Encrypts the RTP packet in the first `length` octets of `buffer`; the rest of the buffer is room for tag and MKI (`kMaxExpansion` plus the
   * length of the MKI is always enough). Returns the new length. On a code below 0 the packet must not be sent, and is unchanged.
   *
   * An index is never used twice: a repeated sequence number is refused as `kReplay`, since encrypting it would repeat the keystream.
   * Codes: kTooShort, kMalformed, kCapacity, kReplay, kOld, kSsrcLimit, kLifetime.
   */
  [[nodiscard]] virtual Result rtp(Octets buffer, std::size_t length) = 0;

  /** The same for a compound RTCP packet. The index is 1, 2, ... for each SSRC and goes into the packet. */
  [[nodiscard]] virtual Result rtcp(Octets buffer, std::size_t length) = 0;

  /** True when the key has come to its end and every further packet is refused with `kLifetime`. */
  [[nodiscard]] virtual bool exhausted() const = 0;
  [[nodiscard]] virtual Snapshot snapshot() const = 0;
  virtual ~Protector() = default;
};

/** Protected to plain. */
class Unprotector {
 public:
  /**
   * One key without MKI, or up to `kMaxMasterKeys` keys with different MKIs of the same length; the packet's MKI then chooses the key. All of
   * them share SSRCs, rollover counters and replay windows, since a change of key does not reset them (RFC 3711 §3.3.1).
   * Null when a length is wrong, MKIs repeat or differ in length, a second key has none, a snapshot is none, or OpenSSL refuses.
   */
  [[nodiscard]] static std::unique_ptr<Unprotector> create(Suite suite, std::span<const MasterKey> keys,
                                                           const Snapshot* resume = nullptr);
  [[nodiscard]] static std::unique_ptr<Unprotector> create(Suite suite, std::initializer_list<MasterKey> keys) {
    return create(suite, std::span<const MasterKey>(keys.begin(), keys.size()));
  }

  /**
   * Authenticates and decrypts the SRTP packet in the first `length` octets of `packet`. Returns the length of the RTP packet. On a code below 0
   * the packet is unchanged, and the context is as if it had never come: no address may be learnt from it, nothing relayed.
   *
   * Codes: kTooShort, kMalformed, kMki, kOld, kReplay, kSsrcLimit, kLifetime, kAuthentication; in this order, so that a replay costs no cipher.
   */
  [[nodiscard]] virtual Result rtp(Octets packet, std::size_t length) = 0;

  /** The same for SRTCP. An authentic packet with the E flag clear is taken: it was the peer's choice (RFC 3711 §3.4). */
  [[nodiscard]] virtual Result rtcp(Octets packet, std::size_t length) = 0;

  /** SSRCs of which a packet has authenticated: RTP and RTCP entries together. */
  [[nodiscard]] virtual std::size_t sources() const = 0;
  [[nodiscard]] virtual Snapshot snapshot() const = 0;
  virtual ~Unprotector() = default;
};

}  // namespace ringfence::srtp

#endif
