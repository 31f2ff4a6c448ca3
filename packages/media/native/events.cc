#include "events.h"

#include <cerrno>
#include <cstdio>

namespace ringfence {

namespace {
/** The first octet of an event. In the order of `eventKind` in native-events.ts. */
enum class Kind : std::uint8_t { kOpened = 1, kBindFailed, kLatched, kForeign, kControl, kCounters, kEnded };

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
  number(static_cast<std::uint64_t>(Kind::kBindFailed), 1);
  number(pair, 8);
  number(error == EADDRINUSE ? 1 : 0, 1);
  text(errorName(error, room));
}

void EventLog::latched(PairId pair, Component component, const Endpoint& source) {
  number(static_cast<std::uint64_t>(Kind::kLatched), 1);
  number(pair, 8);
  number(static_cast<std::uint64_t>(component), 1);
  endpoint(source);
}

void EventLog::foreign(PairId pair, Component component, const Endpoint& source, std::uint64_t packets) {
  number(static_cast<std::uint64_t>(Kind::kForeign), 1);
  number(pair, 8);
  number(static_cast<std::uint64_t>(component), 1);
  endpoint(source);
  number(packets, 8);
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

void EventLog::counters(std::span<const Activity> activities, const DropCounts& drops) {
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
