/**
 * RTCP source descriptions (RFC 3550 §6.5) carry who somebody is and where. They cross as letters of the same length; one text always
 * becomes the same letters within one process. The twin of src/rtcp-mask.ts.
 */
#ifndef RINGFENCE_RTCP_MASK_H
#define RINGFENCE_RTCP_MASK_H

#include "bytes.h"

namespace ringfence {

/** In place; for a compound packet in clear that `rtcpCompoundFits`. */
void maskSourceDescriptions(Octets packet, std::uint32_t seed);

}  // namespace ringfence

#endif
