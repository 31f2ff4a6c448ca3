#include "packet-loop.h"

#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>

namespace ringfence {

namespace {
/** Often enough for the watchdog and the metrics, rare enough to cost nothing. */
constexpr Millis kReportMs = 500;
/** Sockets served in one turn; the others come in the next. */
constexpr int kSocketsATurn = 64;

Millis monotonic() {
  timespec time{};
  (void)::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<Millis>(time.tv_sec) * 1e3 + static_cast<Millis>(time.tv_nsec) / 1e6;
}

bool watch(int poll, int descriptor, void* what) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = what;
  return ::epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}
}  // namespace

int openPoll(int wakeUp) {
  const int poll = ::epoll_create1(EPOLL_CLOEXEC);
  if (poll >= 0 && watch(poll, wakeUp, nullptr)) return poll;
  if (poll >= 0) (void)::close(poll);
  return -1;
}

PacketLoop::PacketLoop(int poll, int wakeUp, std::uint32_t maskSeed)
    : poll_(poll), wakeUp_(wakeUp), state_(maskSeed), table_(state_, *this), nextReport_(monotonic() + kReportMs) {
  state_.now = monotonic();
}

bool PacketLoop::turn(std::size_t backlog) {
  std::array<epoll_event, kSocketsATurn> ready;
  const Millis wait = std::ceil(std::max(0.0, nextReport_ - monotonic()));
  const int count = ::epoll_wait(poll_, ready.data(), kSocketsATurn, static_cast<int>(wait));
  state_.backlog = backlog;
  if (count < 0 && errno != EINTR) alive_ = false;
  state_.now = monotonic();
  bool woken = false;
  for (int place = 0; place < count; place++) {
    auto* lane = static_cast<Lane*>(ready[static_cast<std::size_t>(place)].data.ptr);
    if (lane == nullptr) {
      woken = true;
    } else {
      drain(*lane);
    }
  }
  reportWhenDue();
  if (woken) {
    std::uint64_t count64 = 0;
    (void)!::read(wakeUp_, &count64, sizeof(count64));
  }
  return woken;
}

void PacketLoop::reportWhenDue() {
  if (state_.now < nextReport_) return;
  nextReport_ = state_.now + kReportMs;
  if (state_.backlog <= kBacklogLimit) table_.report();
}

/** After the packets of the turn: a pair that is closed here cannot be among the sockets that were reported ready. */
void PacketLoop::carryOut(View commands) {
  if (!ringfence::carryOut(commands, table_)) state_.drops.add(Drop::kBug);
}

int PacketLoop::listen(Lane& lane) { return watch(poll_, lane.socket.descriptor(), &lane) ? 0 : errno; }

void PacketLoop::forget(const Lane& lane) {
  (void)::epoll_ctl(poll_, EPOLL_CTL_DEL, lane.socket.descriptor(), nullptr);
}

/**
 * One packet: what is left makes the socket ready again in the next turn, after the others had theirs. One that was dropped is nobody's turn:
 * a flood must not stand between the peer and its own, so what lies before that is taken in a batch. Batches have an end, for the others' sake.
 */
void PacketLoop::drain(Lane& lane) {
  const auto first = lane.socket.receive(room_);
  if (!first.has_value() || relay(lane, room_, *first, state_)) return;
  const std::size_t count = batch_.receive(lane.socket);
  for (std::size_t place = 0; place < count; place++) {
    (void)relay(lane, batch_.room(place), batch_.datagram(place), state_);
  }
}

}  // namespace ringfence
