/**
 * Numbers out of RTP and RTCP headers (RFC 3550 §5.1, §6.1), the twin of src/rtp-view.ts and src/rtcp-view.ts: same octets, same answers.
 * `rtp_header_length` or `rtcp_shape` comes first; the field readers may be used once it has answered with 0 or more.
 */
#ifndef RINGFENCE_SRTP_RTP_VIEW_H
#define RINGFENCE_SRTP_RTP_VIEW_H

#include "bytes.h"
#include "result.h"

namespace ringfence::srtp {

/** Longer is no datagram: `malformed`. */
inline constexpr std::size_t max_datagram = 65535;
/** The fixed part of an RTP header. */
inline constexpr std::size_t rtp_fixed_header = 12;
/** The part of an RTCP packet that is never encrypted: first word and sender SSRC. */
inline constexpr std::size_t rtcp_fixed_header = 8;
/** Octets that hold the E flag and the SRTCP index (RFC 3711 §3.4). */
inline constexpr std::size_t srtcp_index_length = 4;

/** Octets up to the payload: fixed header, CSRC list, extension; or `too_short`, `malformed`. */
[[nodiscard]] inline Result rtp_header_length(View packet) {
  constexpr std::size_t extension_header = 4;
  if (packet.size() < rtp_fixed_header) return result::too_short;
  if (packet.size() > max_datagram) return result::malformed;
  const std::uint8_t first = read8(packet, 0);
  if (first >> 6 != 2) return result::malformed;
  const std::size_t fixed = plus(rtp_fixed_header, std::size_t{4} * (first & 0x0f));
  if ((first & 0x10) == 0) return holds(packet, fixed, 0) ? static_cast<Result>(fixed) : result::malformed;
  if (!holds(packet, fixed, extension_header)) return result::malformed;
  const std::size_t extension = plus(extension_header, std::size_t{4} * read16(packet, plus(fixed, 2)));
  return holds(packet, fixed, extension) ? static_cast<Result>(plus(fixed, extension)) : result::malformed;
}

[[nodiscard]] inline bool rtp_marker(View packet) { return (read8(packet, 1) & 0x80) != 0; }
[[nodiscard]] inline std::uint8_t rtp_payload_type(View packet) { return read8(packet, 1) & 0x7f; }
[[nodiscard]] inline std::uint16_t rtp_sequence(View packet) { return read16(packet, 2); }
[[nodiscard]] inline std::uint32_t rtp_timestamp(View packet) { return read32(packet, 4); }
[[nodiscard]] inline std::uint32_t rtp_ssrc(View packet) { return read32(packet, 8); }

/** Octets of padding at the end of a plain packet, 0 without the P bit; `malformed` when the count does not fit the payload. */
[[nodiscard]] inline Result rtp_padding_length(View packet, std::size_t header_length) {
  if ((read8(packet, 0) & 0x20) == 0) return 0;
  if (packet.size() <= header_length) return result::malformed;
  const std::uint8_t padding = read8(packet, without(packet.size(), 1));
  return padding > 0 && holds(packet, header_length, padding) ? padding : result::malformed;
}

/**
 * 0, `too_short` or `malformed`: whether this can be RTCP plus `trailer` octets of protection. Only the first header is looked at: in SRTCP
 * the rest of the compound is not readable before authentication.
 */
[[nodiscard]] inline Result rtcp_shape(View packet, std::size_t trailer) {
  if (!holds(packet, rtcp_fixed_header, trailer)) return result::too_short;
  if (packet.size() > max_datagram || read8(packet, 0) >> 6 != 2) return result::malformed;
  // RFC 5761 §4: RTCP packet types are 192 to 223; anything else on a multiplexed port is RTP.
  const std::uint8_t type = read8(packet, 1);
  return type >= 192 && type <= 223 ? 0 : result::malformed;
}

[[nodiscard]] inline std::uint8_t rtcp_type(View packet) { return read8(packet, 1); }
[[nodiscard]] inline std::uint32_t rtcp_ssrc(View packet) { return read32(packet, 4); }

}  // namespace ringfence::srtp

#endif
