/** Every way a packet can be refused, as the small negative numbers of src/failure.ts, which names them. Closed: the names are metric labels. */
#ifndef RINGFENCE_SRTP_RESULT_H
#define RINGFENCE_SRTP_RESULT_H

#include <cstdint>

namespace ringfence::srtp {

/** A length in octets when 0 or more, else one of the codes below. */
using Result = std::int32_t;

namespace result {

/** The tag does not match: forged, damaged, another key, or an index estimate that is off by 2^16. */
inline constexpr Result kAuthentication = -1;
/** This index was seen before (receiving) or used before (sending: a second use would repeat the keystream). */
inline constexpr Result kReplay = -2;
/** Too few octets for header, tag, index and MKI. */
inline constexpr Result kTooShort = -3;
/** The buffer has no room for tag, index and MKI. */
inline constexpr Result kCapacity = -4;
/** The master key has protected as many packets as it may (RFC 3711 §9.2). */
inline constexpr Result kLifetime = -5;
/** A new SSRC, and the table of SSRCs of this context is full. */
inline constexpr Result kSsrcLimit = -6;
/** Not version 2, or a header that does not end inside the packet. */
inline constexpr Result kMalformed = -7;
/** Behind the replay window: it may or may not have been seen, so it is not taken. */
inline constexpr Result kOld = -8;
/** The MKI in the packet names none of the keys. */
inline constexpr Result kMki = -9;

}  // namespace result
}  // namespace ringfence::srtp

#endif
