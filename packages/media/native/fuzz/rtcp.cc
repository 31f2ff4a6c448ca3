/** RTCP in clear: shape, meter, filter and mask. What crosses is a compound packet again, no longer than what came. */
#include <vector>

#include "classify.h"
#include "rtcp-filter.h"
#include "rtcp-meter.h"

namespace {
void must(bool holds) {
  if (!holds) __builtin_trap();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ringfence;
  Reader reader({data, size});
  const std::uint8_t rules = reader.u8();
  const std::uint32_t ssrc = reader.u32();
  const View rest = reader.rest();
  std::vector<std::uint8_t> packet(rest.begin(), rest.end());
  if (classifyRtcp(packet) != Drop::kNone || !rtcpCompoundFits(packet)) return 0;
  RtcpMeter meter;
  meter.sent(packet, 1);
  meter.received(packet, ssrc, 2);
  (void)meter.takeRemote(8'000);
  (void)meter.takeVoip();
  const auto length = filterRtcp(packet, {.feedback = (rules & 1) != 0, .reducedSize = (rules & 2) != 0}, ssrc);
  if (!length.has_value()) return 0;
  must(*length <= packet.size());
  must(rtcpCompoundFits(part(Octets{packet}, 0, *length)));
  return 0;
}
