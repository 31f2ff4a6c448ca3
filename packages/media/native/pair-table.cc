#include "pair-table.h"

namespace ringfence {

namespace {
/** A flood of foreign packets is one report a pair and minute. */
constexpr Millis kForeignReportMs = 60'000;
}  // namespace

void PairTable::open(const OpenCommand& command) {
  auto pair = std::make_unique<Pair>(command.pair);
  int error = pair->bind(command);
  for (Lane* lane : {&pair->rtp, &pair->rtcp}) {
    if (error == 0) error = listener_.listen(*lane);
  }
  if (error != 0) {
    state_.events.bindFailed(command.pair, error);
    return;
  }
  pairs_[command.pair] = std::move(pair);
  state_.events.opened(command.pair);
}

void PairTable::join(PairId left, PairId right) {
  Pair* one = find(left);
  Pair* other = find(right);
  if (one == nullptr || other == nullptr) return;
  one->partner = other;
  other->partner = one;
}

void PairTable::configure(PairId id, const PairConfig& config) {
  if (Pair* pair = find(id); pair != nullptr) pair->configure(config, state_.now);
}

void PairTable::select(const SelectCommand& /*command*/) {}

void PairTable::send(const SendCommand& /*command*/) {}

void PairTable::close(PairId id) {
  Pair* pair = find(id);
  if (pair == nullptr) return;
  if (pair->partner != nullptr && pair->partner->partner == pair) pair->partner->partner = nullptr;
  addActivity(*pair);
  pairs_.erase(id);
}

void PairTable::report() {
  for (auto& [id, pair] : pairs_) {
    reportLatched(pair->rtp);
    reportLatched(pair->rtcp);
    reportForeign(*pair);
    addActivity(*pair);
  }
  if (!activities_.empty() || state_.drops.kinds() > 0) state_.events.counters(activities_, state_.drops);
  activities_.clear();
  state_.drops.clear();
}

Pair* PairTable::find(PairId id) {
  const auto found = pairs_.find(id);
  return found == pairs_.end() ? nullptr : found->second.get();
}

void PairTable::reportLatched(Lane& lane) {
  if (!lane.latchedSinceReport) return;
  lane.latchedSinceReport = false;
  if (lane.latch.source().port == 0) return;
  state_.events.latched(lane.pair.id(), lane.component, lane.latch.source());
}

void PairTable::reportForeign(Pair& pair) {
  const Lane& lane = pair.rtp.foreign >= pair.rtcp.foreign ? pair.rtp : pair.rtcp;
  if (lane.foreign == 0) return;
  if (pair.foreignReported.has_value() && state_.now - *pair.foreignReported < kForeignReportMs) return;
  pair.foreignReported = state_.now;
  state_.events.foreign(pair.id(), lane.component, lane.foreignSource, pair.rtp.foreign + pair.rtcp.foreign);
  pair.rtp.foreign = 0;
  pair.rtcp.foreign = 0;
}

void PairTable::addActivity(Pair& pair) {
  const std::uint64_t packets = pair.rtp.packets + pair.rtcp.packets;
  if (packets == 0) return;
  activities_.push_back({.pair = pair.id(), .packets = packets, .bytes = pair.rtp.bytes + pair.rtcp.bytes});
  for (Lane* lane : {&pair.rtp, &pair.rtcp}) {
    lane->packets = 0;
    lane->bytes = 0;
  }
}

}  // namespace ringfence
