/** What of a compound RTCP packet may go on to the other leg, rewritten in place. The twin of src/rtcp/rtcp-filter.ts, which says why. */
#ifndef RINGFENCE_RTCP_FILTER_H
#define RINGFENCE_RTCP_FILTER_H

#include <optional>

#include "bytes.h"

namespace ringfence {

struct RtcpRules {
  /** RFC 4585: both legs negotiated feedback. Else only a request for a whole picture crosses. */
  bool feedback = false;
  /** RFC 5506: both legs negotiated packets that do not begin with a report. */
  bool reducedSize = false;
};

/** The length of what may cross, 0 when nothing may; nothing for a packet that contradicts itself. It must be one that `rtcpCompoundFits`. */
[[nodiscard]] std::optional<std::size_t> filterRtcp(Octets packet, const RtcpRules& rules, std::uint32_t maskSeed);

}  // namespace ringfence

#endif
