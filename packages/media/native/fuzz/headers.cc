/**
 * Datagrams as they lie on a media port: their kind, the walk over RTP's header, CSRC list and extension, padding. Both walks that there are
 * (the engine's and that of SRTP) end at the same octet, and no answer depends on what lies behind the packet.
 */
#include <vector>

#include "classify.h"
#include "rtp-view.h"

namespace {
using namespace ringfence;

void must(bool holdsTrue) {
  if (!holdsTrue) __builtin_trap();
}

void walk(View packet) {
  const Drop kind = kindOf(packet);
  const Drop rtp = classifyRtp(packet);
  const Drop rtcp = classifyRtcp(packet);
  must(!isMuxedRtcp(packet) || (kind == Drop::kNone && rtp != Drop::kNone && rtcp != Drop::kRtpOnRtcpPort));
  // Nothing is media for both, and nothing that is STUN or DTLS is media at all.
  must(rtp != Drop::kNone || (kind == Drop::kNone && rtcp != Drop::kNone));
  must(kind == Drop::kNone || (rtp == kind && rtcp == kind));
  const srtp::Result other = srtp::rtpHeaderLength(packet);
  if (rtp != Drop::kNone) return;
  const std::size_t header = rtpHeaderLength(packet);
  must(header >= 12 && header <= packet.size());
  must(other >= 0 && static_cast<std::size_t>(other) == header);
  must(rtpPaddingFits(packet) == (srtp::rtpPaddingLength(packet, header) >= 0));
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Reader reader({data, size});
  while (reader.ok() && reader.left() > 0) {
    const View octets = reader.octets(std::min<std::size_t>(reader.u16() % (kMaxPacket + 8), reader.left()));
    // Exactly as long as it is, so that one octet too far is seen.
    const std::vector<std::uint8_t> packet(octets.begin(), octets.end());
    walk(packet);
    (void)rtcpCompoundFits(packet);
  }
  return 0;
}
