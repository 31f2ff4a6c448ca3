#include "events.h"

#include <bit>
#include <cerrno>
#include <cstdio>

namespace ringfence {

namespace {
/** The first octet of an event. In the order of `eventKind` in native-events.ts. */
enum class Kind : std::uint8_t {
  kOpened = 1,
  kBindFailed,
  kLatched,
  kForeign,
  kControl,
  kCounters,
  kEnded,
  kPressed,
  kUnauthentic
};

/** As Node names them: the details of `bind-failed` are the same in both engines. */
std::string_view errorName(int error, std::span<char> room) {
  switch (error) {
    case EADDRINUSE:
      return "EADDRINUSE";
    case EADDRNOTAVAIL:
      return "EADDRNOTAVAIL";
    case EACCES:
      return "EACCES";
    case EAFNOSUPPORT:
      return "EAFNOSUPPORT";
    case EMFILE:
      return "EMFILE";
    case ENFILE:
      return "ENFILE";
    case ENOBUFS:
      return "ENOBUFS";
    case ENOMEM:
      return "ENOMEM";
    case EINVAL:
      return "EINVAL";
    default:
      (void)std::snprintf(room.data(), room.size(), "errno %d", error);
      return room.data();
  }
}
}  // namespace

void EventLog::opened(PairId pair) {
  number(static_cast<std::uint64_t>(Kind::kOpened), 1);
  number(pair, 8);
}

void EventLog::bindFailed(PairId pair, int error) {
  std::array<char, 32> room{};
  bindFailed(pair, error == EADDRINUSE, errorName(error, room));
}

void EventLog::bindFailed(PairId pair, bool inUse, std::string_view detail) {
  number(static_cast<std::uint64_t>(Kind::kBindFailed), 1);
  number(pair, 8);
  number(inUse ? 1 : 0, 1);
  text(detail);
}

void EventLog::latched(PairId pair, Component component, const Endpoint& source) {
  number(static_cast<std::uint64_t>(Kind::kLatched), 1);
  number(pair, 8);
  number(static_cast<std::uint64_t>(component), 1);
  endpoint(source);
}

void EventLog::suspects(PairId pair, Component component, Suspicion kind, const Suspects& suspects) {
  number(static_cast<std::uint64_t>(kind == Suspicion::kForeign ? Kind::kForeign : Kind::kUnauthentic), 1);
  number(pair, 8);
  number(static_cast<std::uint64_t>(component), 1);
  endpoint(suspects.source);
  number(suspects.packets, 8);
}

void EventLog::control(PairId pair, Component component, Drop kind, const Endpoint& source, View packet) {
  number(static_cast<std::uint64_t>(Kind::kControl), 1);
  number(pair, 8);
  number(static_cast<std::uint64_t>(component), 1);
  number(kind == Drop::kStun ? 0 : 1, 1);
  endpoint(source);
  number(packet.size(), 2);
  octets_.insert(octets_.end(), packet.begin(), packet.end());
}

void EventLog::pressed(PairId pair, const Press& press) {
  number(static_cast<std::uint64_t>(Kind::kPressed), 1);
  number(pair, 8);
  number(press.event, 1);
  number(press.durationMs, 4);
}

void EventLog::counters(std::span<const Activity> activities, const DropCounts& drops,
                        std::span<const StreamReport> streams) {
  number(static_cast<std::uint64_t>(Kind::kCounters), 1);
  number(activities.size(), 4);
  for (const Activity& activity : activities) {
    number(activity.pair, 8);
    number(activity.packets, 8);
    number(activity.bytes, 8);
  }
  number(drops.kinds(), 1);
  for (std::size_t reason = 0; reason < kDropCount; reason++) {
    if (drops.of(reason) == 0) continue;
    number(reason, 1);
    number(drops.of(reason), 8);
  }
  number(streams.size(), 4);
  for (const StreamReport& report : streams) stream(report);
}

void EventLog::stream(const StreamReport& report) {
  const RtpCounts& counts = report.counts;
  number(report.pair, 8);
  for (const std::uint64_t count :
       {counts.received, static_cast<std::uint64_t>(report.expected), counts.duplicate, counts.reordered,
        counts.restarts, counts.comfortNoise, counts.sampled, counts.quiet}) {
    number(count, 8);
  }
  real(report.jitterMs);
  real(counts.gapMs);
  number(report.payloadType < 0 ? 0xff : static_cast<std::uint64_t>(report.payloadType), 1);
  number((report.remote.has_value() ? 1U : 0U) | (report.voip.has_value() ? 2U : 0U), 1);
  if (const auto& remote = report.remote; remote.has_value()) {
    for (const double value : {remote->fractionLost, remote->jitterMs, remote->roundTripMs}) real(value);
  }
  if (const auto& voip = report.voip; voip.has_value()) {
    for (const double value : {voip->lossRate, voip->discardRate, voip->roundTripMs, voip->endSystemDelayMs,
                               voip->rFactor, voip->mosListening, voip->mosConversational, voip->jitterBufferMs}) {
      real(value);
    }
  }
}

void EventLog::ended(std::string_view detail) {
  number(static_cast<std::uint64_t>(Kind::kEnded), 1);
  text(detail);
}

void EventLog::append(const EventLog& other) {
  octets_.insert(octets_.end(), other.octets_.begin(), other.octets_.end());
}

void EventLog::number(std::uint64_t value, std::size_t octets) {
  for (std::size_t left = octets; left > 0; left--) {
    octets_.push_back(static_cast<std::uint8_t>(value >> (8 * (left - 1))));
  }
}

void EventLog::real(double value) { number(std::bit_cast<std::uint64_t>(value), 8); }

void EventLog::text(std::string_view text) {
  number(text.size(), 1);
  octets_.insert(octets_.end(), text.begin(), text.end());
}

void EventLog::endpoint(const Endpoint& endpoint) {
  AddressText room{};
  text(printAddress(endpoint.address, room));
  number(endpoint.port, 2);
}

}  // namespace ringfence
