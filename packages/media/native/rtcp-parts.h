/** The parts of a compound RTCP packet: names of their types, and how to walk them. The twin of src/rtcp/rtcp-parts.ts. */
#ifndef RINGFENCE_RTCP_PARTS_H
#define RINGFENCE_RTCP_PARTS_H

#include "bytes.h"

namespace ringfence::rtcp {

/** RFC 3550 §12.1, RFC 4585 §6.1, RFC 3611 §2. What is not here never crosses. */
inline constexpr std::uint8_t kSenderReport = 200;
inline constexpr std::uint8_t kReceiverReport = 201;
inline constexpr std::uint8_t kSourceDescription = 202;
inline constexpr std::uint8_t kGoodbye = 203;
inline constexpr std::uint8_t kTransportFeedback = 205;
inline constexpr std::uint8_t kPayloadFeedback = 206;
inline constexpr std::uint8_t kExtendedReport = 207;

/** A report block (RFC 3550 §6.4.1), and what stands before the first in either report. */
inline constexpr std::size_t kReportBlock = 24;
inline constexpr std::size_t kSenderReportHead = 28;
inline constexpr std::size_t kReceiverReportHead = 8;
inline constexpr std::size_t kExtendedReportHead = 8;

/** Parts, or the blocks of an extended report, one after the other: both begin with four octets, of which the last two are a length. */
template <typename Octet>
class Parts {
 public:
  explicit Parts(std::span<Octet> packet) : rest_(packet) {}

  /** The next one with its head; empty at the end, and where the length leads out of the packet. */
  std::span<Octet> next() {
    constexpr std::size_t head = 4;
    if (!holds(rest_, 0, head)) return {};
    const std::size_t size = plus(head, head * std::size_t{read16(rest_, 2)});
    if (!holds(rest_, 0, size)) return {};
    const std::span<Octet> one = part(rest_, 0, size);
    rest_ = from(rest_, size);
    return one;
  }

  /** Nothing is left. False after `next` was empty: the lengths do not add up. */
  [[nodiscard]] bool done() const { return rest_.empty(); }

 private:
  std::span<Octet> rest_;
};

/** The low five bits of the first octet: how many blocks or chunks, or which feedback. */
[[nodiscard]] inline unsigned countOf(View part) { return read8(part, 0) & 0x1fU; }
[[nodiscard]] inline std::uint8_t typeOf(View part) { return read8(part, 1); }

}  // namespace ringfence::rtcp

#endif
