/**
 * What a datagram on a media port is, from its octets alone (RFC 7983 §7 first octet, RFC 3550 §5.1 and §6.4 headers).
 * The twin of src/classify.ts: same names, same answers, compared over random octets by src/engine/native-twins.test.ts.
 */
#ifndef RINGFENCE_CLASSIFY_H
#define RINGFENCE_CLASSIFY_H

#include <cstddef>

#include "bytes.h"
#include "drop.h"

namespace ringfence {

/** Media packets stay below the path MTU; more than this is no voice or video packet. */
inline constexpr std::size_t kMaxPacket = 1972;

/** RFC 7983 §7: STUN 0-3, ZRTP 16-19, DTLS 20-63, TURN channel 64-79, RTP and RTCP 128-191. */
[[nodiscard]] Drop kindOf(View packet);

/** RFC 5761 §4, on a port that carries both: which of the two to read it as. */
[[nodiscard]] bool isMuxedRtcp(View packet);

[[nodiscard]] Drop classifyRtp(View packet);
[[nodiscard]] Drop classifyRtcp(View packet);

/** Octets of the RTP header with its CSRC list and extension, 0 when they do not fit. RFC 3550 §5.1, §5.3.1. */
[[nodiscard]] std::size_t rtpHeaderLength(View packet);

/** Of a packet in clear: SRTP encrypts the padding count, so this comes after decryption. RFC 3550 §5.1, P bit. */
[[nodiscard]] bool rtpPaddingFits(View packet);

/** Of a compound packet in clear: version 2 and an RTCP type in every part, and the lengths add up. RFC 3550 §A.2. */
[[nodiscard]] bool rtcpCompoundFits(View packet);

}  // namespace ringfence

#endif
