#include "classify.h"

namespace ringfence {

namespace {
constexpr std::size_t kRtpFixedHeader = 12;
constexpr std::size_t kRtcpFixedHeader = 8;
constexpr std::uint8_t kExtensionBit = 0x10;
constexpr std::uint8_t kPaddingBit = 0x20;

/** RFC 5761 §4: with RTCP on its own port, second octets 192-223 are RTCP packet types, never a marked RTP payload type. */
bool isRtcpType(std::uint8_t second) { return second >= 192 && second <= 223; }

bool hasRtcpType(View packet) { return packet.size() >= 2 && isRtcpType(read8(packet, 1)); }
}  // namespace

Drop kindOf(View packet) {
  if (packet.empty()) return Drop::kNotMedia;
  const std::uint8_t first = read8(packet, 0);
  if (first >= 128 && first <= 191) return Drop::kNone;
  if (first <= 3) return Drop::kStun;
  return first >= 20 && first <= 63 ? Drop::kDtls : Drop::kNotMedia;
}

bool isMuxedRtcp(View packet) { return kindOf(packet) == Drop::kNone && hasRtcpType(packet); }

Drop classifyRtp(View packet) {
  const Drop kind = kindOf(packet);
  if (kind != Drop::kNone) return kind;
  if (packet.size() > kMaxPacket) return Drop::kTooLarge;
  if (packet.size() < kRtpFixedHeader) return Drop::kBadRtp;
  if (hasRtcpType(packet)) return Drop::kRtcpOnRtpPort;
  return rtpHeaderLength(packet) == 0 ? Drop::kBadRtp : Drop::kNone;
}

Drop classifyRtcp(View packet) {
  const Drop kind = kindOf(packet);
  if (kind != Drop::kNone) return kind;
  if (packet.size() > kMaxPacket) return Drop::kTooLarge;
  if (packet.size() < kRtcpFixedHeader) return Drop::kBadRtcp;
  return hasRtcpType(packet) ? Drop::kNone : Drop::kRtpOnRtcpPort;
}

std::size_t rtpHeaderLength(View packet) {
  Reader reader(packet);
  const std::uint8_t first = reader.u8();
  reader.skip(kRtpFixedHeader - 1);
  reader.skip(4 * std::size_t{first & 0x0fU});
  if ((first & kExtensionBit) != 0) {
    reader.skip(2);
    reader.skip(4 * std::size_t{reader.u16()});
  }
  return reader.ok() ? reader.at() : 0;
}

bool rtpPaddingFits(View packet) {
  if (packet.empty()) return false;
  if ((read8(packet, 0) & kPaddingBit) == 0) return true;
  const std::size_t padding = packet.back();
  return padding > 0 && padding <= without(packet.size(), rtpHeaderLength(packet));
}

bool rtcpCompoundFits(View packet) {
  Reader reader(packet);
  while (reader.ok() && reader.left() > 0) {
    const std::uint8_t first = reader.u8();
    const std::uint8_t type = reader.u8();
    if ((first & 0xc0) != 0x80 || !isRtcpType(type)) return false;
    reader.skip(4 * std::size_t{reader.u16()});
  }
  return reader.ok();
}

}  // namespace ringfence
