#include "rtcp-filter.h"

#include "rtcp-mask.h"
#include "rtcp-parts.h"

namespace ringfence {

namespace {
using MaybeSize = std::optional<std::size_t>;

constexpr std::uint8_t kPadding = 0x20;
/** One bit a format. RTPFB: generic NACK, TMMBR, TMMBN, transport-wide congestion control. PSFB: PLI, SLI, RPSI, FIR, and AFB for REMB. */
constexpr std::uint32_t kTransportFormats = 1U << 1 | 1U << 3 | 1U << 4 | 1U << 15;
constexpr std::uint32_t kPayloadFormats = 1U << 1 | 1U << 2 | 1U << 3 | 1U << 4 | 1U << 15;
/** PLI and FIR: what crosses in any case. */
constexpr std::uint32_t kPictureRequests = 1U << 1 | 1U << 4;
constexpr unsigned kApplicationLayer = 15;
constexpr std::uint32_t kRemb = 0x52454d42;
constexpr std::size_t kFeedbackHead = 12;
/** RFC 3611 §4.1 to §4.7: none of them holds an address or a name. */
constexpr std::uint8_t kLastExtendedBlock = 7;

/** RFC 3550 §6.4.1: only the last part is padded, by whole words, and the last octet counts them. */
MaybeSize withoutPadding(View piece, bool last) {
  if ((read8(piece, 0) & kPadding) == 0) return piece.size();
  const std::size_t count = piece.back();
  if (!last || count == 0 || count % 4 != 0 || count > without(piece.size(), 4)) return std::nullopt;
  return without(piece.size(), count);
}

MaybeSize ifFits(std::size_t needed, View piece) { return holds(piece, 0, needed) ? MaybeSize{needed} : std::nullopt; }

/** Application layer feedback holds whatever an application likes; only the bandwidth estimate everybody knows crosses. */
bool knownLayer(View piece) {
  if (rtcp::countOf(piece) != kApplicationLayer) return true;
  return holds(piece, kFeedbackHead, 4) && read32(piece, kFeedbackHead) == kRemb;
}

std::size_t feedback(View piece, std::uint32_t formats) {
  const bool known = (formats >> rtcp::countOf(piece) & 1U) != 0;
  return holds(piece, 0, kFeedbackHead) && known ? piece.size() : 0;
}

/** RFC 3611 §2: a head with the sender's SSRC, then blocks. */
MaybeSize extended(Octets piece) {
  if (!holds(piece, 0, rtcp::kExtendedReportHead)) return std::nullopt;
  Writer kept(piece);
  kept.octets(part(piece, 0, rtcp::kExtendedReportHead));
  rtcp::Parts blocks(from(piece, rtcp::kExtendedReportHead));
  for (Octets block = blocks.next(); !block.empty(); block = blocks.next()) {
    const std::uint8_t type = read8(block, 0);
    if (type > 0 && type <= kLastExtendedBlock) kept.octets(block);
  }
  if (!blocks.done()) return std::nullopt;
  return kept.size() == rtcp::kExtendedReportHead ? 0 : kept.size();
}

/** Octets of this part that may cross, from its beginning; 0: none. */
MaybeSize allowed(Octets piece, const RtcpRules& rules) {
  const std::size_t count = rtcp::countOf(piece);
  switch (rtcp::typeOf(piece)) {
    case rtcp::kSenderReport:
      return ifFits(rtcp::kSenderReportHead + rtcp::kReportBlock * count, piece);
    case rtcp::kReceiverReport:
      return ifFits(rtcp::kReceiverReportHead + rtcp::kReportBlock * count, piece);
    case rtcp::kSourceDescription:
      return piece.size();
    case rtcp::kGoodbye:
      return count == 0 ? MaybeSize{0} : ifFits(4 + 4 * count, piece);
    case rtcp::kTransportFeedback:
      return rules.feedback ? feedback(piece, kTransportFormats) : 0;
    case rtcp::kPayloadFeedback:
      return knownLayer(piece) ? feedback(piece, rules.feedback ? kPayloadFormats : kPictureRequests) : 0;
    case rtcp::kExtendedReport:
      return extended(piece);
    default:
      return 0;
  }
}
}  // namespace

std::optional<std::size_t> filterRtcp(Octets packet, const RtcpRules& rules, std::uint32_t maskSeed) {
  const std::uint8_t first = rtcp::typeOf(packet);
  const bool whole = first == rtcp::kSenderReport || first == rtcp::kReceiverReport;
  Writer crossing(packet);
  rtcp::Parts parts(packet);
  for (Octets piece = parts.next(); !piece.empty(); piece = parts.next()) {
    const MaybeSize end = withoutPadding(piece, parts.done());
    if (!end.has_value()) return std::nullopt;
    const MaybeSize size = allowed(part(piece, 0, *end), rules);
    if (!size.has_value()) return std::nullopt;
    if (*size == 0) continue;
    write8(piece, 0, read8(piece, 0) & static_cast<std::uint8_t>(~kPadding));
    write16(piece, 2, static_cast<std::uint16_t>(*size / 4 - 1));
    crossing.octets(part(piece, 0, *size));
  }
  if (crossing.size() == 0 || (!whole && !rules.reducedSize)) return 0;
  maskSourceDescriptions(part(packet, 0, crossing.size()), maskSeed);
  return crossing.size();
}

}  // namespace ringfence
