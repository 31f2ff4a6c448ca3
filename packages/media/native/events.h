/** The events of engine.ts as octets, read by src/engine/native-events.ts. Written by a packet thread, never in the path of a packet. */
#ifndef RINGFENCE_EVENTS_H
#define RINGFENCE_EVENTS_H

#include <string_view>
#include <vector>

#include "commands.h"
#include "drop.h"
#include "leg-meter.h"
#include "suspects.h"

namespace ringfence {

struct Activity {
  PairId pair = 0;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
};

class EventLog {
 public:
  void opened(PairId pair);
  /** `error`: its number. */
  void bindFailed(PairId pair, int error);
  void bindFailed(PairId pair, bool inUse, std::string_view detail);
  void latched(PairId pair, Component component, const Endpoint& source);
  void suspects(PairId pair, Component component, Suspicion kind, const Suspects& suspects);
  /** `kind`: kStun or kDtls. */
  void control(PairId pair, Component component, Drop kind, const Endpoint& source, View packet);
  void pressed(PairId pair, const Press& press);
  void counters(std::span<const Activity> activities, const DropCounts& drops, std::span<const StreamReport> streams);
  /** The thread is over, and with it all its pairs. */
  void ended(std::string_view detail);

  [[nodiscard]] bool empty() const { return octets_.empty(); }
  [[nodiscard]] std::size_t size() const { return octets_.size(); }
  [[nodiscard]] View octets() const { return octets_; }
  void append(const EventLog& other);
  void clear() { octets_.clear(); }
  void swap(EventLog& other) { octets_.swap(other.octets_); }

 private:
  void number(std::uint64_t value, std::size_t octets);
  void real(double value);
  void text(std::string_view text);
  void stream(const StreamReport& report);
  void endpoint(const Endpoint& endpoint);

  std::vector<std::uint8_t> octets_;
};

}  // namespace ringfence

#endif
