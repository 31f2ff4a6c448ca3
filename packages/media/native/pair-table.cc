#include "pair-table.h"

#include "crossing.h"

namespace ringfence {

namespace {
/** Often enough for the watchdog and the metrics. Of many pairs half as often: each is looked at, and most have something to say. */
constexpr Millis kReportMs = 500;
constexpr Millis kLongReportMs = 1'000;
constexpr std::size_t kManyPairs = 200;
/** A flood is one report of its kind a pair and minute. */
constexpr Millis kSuspectsReportMs = 60'000;
/** Quality changes over seconds, and each report is an object for every leg. */
constexpr Millis kStreamReportMs = 1'000;
}  // namespace

void PairTable::open(const OpenCommand& command) {
  auto pair = std::make_unique<Pair>(command.pair);
  if (command.bundled) {
    Pair* host = find(command.bundledOn);
    if (host == nullptr) {
      state_.events.bindFailed(command.pair, false, "the pair to bundle on is gone");
      return;
    }
    pair->rideOn(*host);
    add(std::move(pair));
    return;
  }
  int error = pair->bind(command);
  for (Lane* lane : {&pair->rtp, &pair->rtcp}) {
    if (error == 0) error = listener_.listen(*lane);
  }
  if (error != 0) {
    silence(*pair);
    state_.events.bindFailed(command.pair, error);
  } else {
    add(std::move(pair));
  }
}

void PairTable::add(std::unique_ptr<Pair> pair) {
  const PairId id = pair->id();
  if (const Pair* before = find(id); before != nullptr) silence(*before);
  pairs_[id] = std::move(pair);
  state_.events.opened(id);
}

void PairTable::silence(const Pair& pair) {
  for (const Lane* lane : {&pair.rtp, &pair.rtcp}) {
    if (lane->socket.descriptor() >= 0) listener_.forget(*lane);
  }
}

void PairTable::join(PairId left, PairId right) {
  Pair* one = find(left);
  Pair* other = find(right);
  if (one != nullptr && other != nullptr) one->join(*other);
}

void PairTable::configure(PairId id, const PairConfig& config) {
  if (Pair* pair = find(id); pair != nullptr) pair->configure(config, state_.now);
}

void PairTable::select(const SelectCommand& command) {
  if (Pair* pair = find(command.pair); pair != nullptr) pair->lane(command.component).peer.select(command.source);
}

void PairTable::send(const SendCommand& command) {
  Pair* pair = find(command.pair);
  if (pair == nullptr || command.packet.size() > kMaxControl) return;
  const UdpSocket& socket = pair->lane(command.component).socket;
  if (socket.descriptor() < 0 || command.to.port == 0) return;
  if (!socket.send(command.packet, command.to)) state_.drops.add(Drop::kSendFailed);
}

void PairTable::press(const PressCommand& command) {
  Pair* pair = find(command.pair);
  if (pair != nullptr && pair->writer.has_value()) pair->writer->press(command.press, state_.now);
}

void PairTable::close(PairId id) {
  Pair* pair = find(id);
  if (pair == nullptr) return;
  addStream(*pair);
  addActivity(*pair);
  silence(*pair);
  pairs_.erase(id);
}

Millis PairTable::reportMs() const { return pairs_.size() < kManyPairs ? kReportMs : kLongReportMs; }

void PairTable::report() {
  for (auto& [id, pair] : pairs_) {
    if (pair->reader.has_value()) {
      pair->reader->settle(state_.now);
      reportPresses(*pair, state_);
    }
    reportLatched(pair->rtp);
    reportLatched(pair->rtcp);
    for (const Suspicion kind : kSuspicions) reportSuspects(*pair, kind);
    addActivity(*pair);
  }
  reportStreams();
  if (!activities_.empty() || !streams_.empty() || state_.drops.kinds() > 0) {
    state_.events.counters(activities_, state_.drops, streams_);
  }
  activities_.clear();
  streams_.clear();
  state_.drops.clear();
}

void PairTable::reportStreams() {
  if (state_.now - streamsReported_ < kStreamReportMs) return;
  streamsReported_ = state_.now;
  for (auto& [id, pair] : pairs_) addStream(*pair);
}

Pair* PairTable::find(PairId id) {
  const auto found = pairs_.find(id);
  return found == pairs_.end() ? nullptr : found->second.get();
}

void PairTable::reportLatched(Lane& lane) {
  if (!lane.latchedSinceReport) return;
  lane.latchedSinceReport = false;
  if (lane.peer.latch.source().port == 0) return;
  state_.events.latched(lane.pair.id(), lane.component, lane.peer.latch.source());
}

void PairTable::reportSuspects(Pair& pair, Suspicion kind) {
  Suspects& rtp = pair.rtp.suspects[kind];
  Suspects& rtcp = pair.rtcp.suspects[kind];
  Suspects all = rtp.packets >= rtcp.packets ? rtp : rtcp;
  if (all.packets == 0) return;
  const Component component = rtp.packets >= rtcp.packets ? Component::kRtp : Component::kRtcp;
  auto& reported = pair.suspectsReported[static_cast<std::size_t>(kind)];
  if (reported.has_value() && state_.now - *reported < kSuspectsReportMs) return;
  reported = state_.now;
  all.packets = rtp.packets + rtcp.packets;
  state_.events.suspects(pair.id(), component, kind, all);
  rtp.packets = 0;
  rtcp.packets = 0;
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

void PairTable::addStream(Pair& pair) {
  const LegMeter* sent = pair.partner() == nullptr ? nullptr : &pair.partner()->meter;
  if (auto report = pair.meter.take(pair.id(), sent); report.has_value()) streams_.push_back(*report);
}

}  // namespace ringfence
