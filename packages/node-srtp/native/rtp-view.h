/**
 * Numbers out of RTP and RTCP headers (RFC 3550 §5.1, §6.1), the twin of src/rtp-view.ts and src/rtcp-view.ts: same octets, same answers.
 * `rtpHeaderLength` or `rtcpShape` comes first; the field readers may be used once it has answered with 0 or more.
 */
#ifndef RINGFENCE_SRTP_RTP_VIEW_H
#define RINGFENCE_SRTP_RTP_VIEW_H

#include "bytes.h"
#include "result.h"

namespace ringfence::srtp {

/** Longer is no datagram: `kMalformed`. */
inline constexpr std::size_t kMaxDatagram = 65535;
/** The fixed part of an RTP header. */
inline constexpr std::size_t kRtpFixedHeader = 12;
/** The part of an RTCP packet that is never encrypted: first word and sender SSRC. */
inline constexpr std::size_t kRtcpFixedHeader = 8;
/** Octets that hold the E flag and the SRTCP index (RFC 3711 §3.4). */
inline constexpr std::size_t kSrtcpIndexLength = 4;

/** Octets up to the payload: fixed header, CSRC list, extension; or `kTooShort`, `kMalformed`. */
[[nodiscard]] inline Result rtpHeaderLength(View packet) {
  constexpr std::size_t kExtensionHeader = 4;
  if (packet.size() < kRtpFixedHeader) return result::kTooShort;
  if (packet.size() > kMaxDatagram) return result::kMalformed;
  const std::uint8_t first = read8(packet, 0);
  if (first >> 6 != 2) return result::kMalformed;
  const std::size_t fixed = plus(kRtpFixedHeader, std::size_t{4} * (first & 0x0f));
  if ((first & 0x10) == 0) return holds(packet, fixed, 0) ? static_cast<Result>(fixed) : result::kMalformed;
  if (!holds(packet, fixed, kExtensionHeader)) return result::kMalformed;
  const std::size_t extension = plus(kExtensionHeader, std::size_t{4} * read16(packet, plus(fixed, 2)));
  return holds(packet, fixed, extension) ? static_cast<Result>(plus(fixed, extension)) : result::kMalformed;
}

[[nodiscard]] inline bool rtpMarker(View packet) { return (read8(packet, 1) & 0x80) != 0; }
[[nodiscard]] inline std::uint8_t rtpPayloadType(View packet) { return read8(packet, 1) & 0x7f; }
[[nodiscard]] inline std::uint16_t rtpSequence(View packet) { return read16(packet, 2); }
[[nodiscard]] inline std::uint32_t rtpTimestamp(View packet) { return read32(packet, 4); }
[[nodiscard]] inline std::uint32_t rtpSsrc(View packet) { return read32(packet, 8); }

/** Octets of padding at the end of a plain packet, 0 without the P bit; `kMalformed` when the count does not fit the payload. */
[[nodiscard]] inline Result rtpPaddingLength(View packet, std::size_t headerLength) {
  if ((read8(packet, 0) & 0x20) == 0) return 0;
  if (packet.size() <= headerLength) return result::kMalformed;
  const std::uint8_t padding = read8(packet, without(packet.size(), 1));
  return padding > 0 && holds(packet, headerLength, padding) ? padding : result::kMalformed;
}

/**
 * 0, `kTooShort` or `kMalformed`: whether this can be RTCP plus `trailer` octets of protection. Only the first header is looked at: in SRTCP
 * the rest of the compound is not readable before authentication.
 */
[[nodiscard]] inline Result rtcpShape(View packet, std::size_t trailer) {
  if (!holds(packet, kRtcpFixedHeader, trailer)) return result::kTooShort;
  if (packet.size() > kMaxDatagram || read8(packet, 0) >> 6 != 2) return result::kMalformed;
  // RFC 5761 §4: RTCP packet types are 192 to 223; anything else on a multiplexed port is RTP.
  const std::uint8_t type = read8(packet, 1);
  return type >= 192 && type <= 223 ? 0 : result::kMalformed;
}

[[nodiscard]] inline std::uint8_t rtcpType(View packet) { return read8(packet, 1); }
[[nodiscard]] inline std::uint32_t rtcpSsrc(View packet) { return read32(packet, 4); }

}  // namespace ringfence::srtp

#endif
