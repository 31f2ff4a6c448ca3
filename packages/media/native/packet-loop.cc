#include "packet-loop.h"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>

namespace ringfence {

namespace {
Millis monotonic() {
  timespec time{};
  (void)::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<Millis>(time.tv_sec) * 1e3 + static_cast<Millis>(time.tv_nsec) / 1e6;
}

void rest() {
  const timespec time{.tv_sec = 0, .tv_nsec = Pace::kRestNs};
  (void)::clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nullptr);
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
    : poll_(poll), wakeUp_(wakeUp), state_(maskSeed), table_(state_, *this), nextReport_(monotonic()) {
  state_.now = monotonic();
}

int PacketLoop::await() {
  const Millis began = monotonic();
  const Millis wait = std::ceil(std::max(0.0, nextReport_ - began));
  int count = ::epoll_wait(poll_, ready_.data(), kSocketsATurn, static_cast<int>(wait));
  state_.now = monotonic();
  if (count <= 0 || !pace_.rests(state_.now - began, count)) return count;
  rest();
  // Those that were ready still are.
  count = ::epoll_wait(poll_, ready_.data(), kSocketsATurn, 0);
  state_.now = monotonic();
  return count;
}

bool PacketLoop::turn(std::size_t backlog) {
  const int count = await();
  state_.backlog = backlog;
  if (count < 0 && errno != EINTR) alive_ = false;
  bool woken = false;
  for (int place = 0; place < count; place++) {
    auto* lane = static_cast<Lane*>(ready_[static_cast<std::size_t>(place)].data.ptr);
    if (lane == nullptr) {
      woken = true;
    } else {
      drain(*lane);
    }
  }
  pace_.served(static_cast<std::size_t>(std::max(0, count)), state_.now);
  reportWhenDue();
  if (woken) {
    std::uint64_t count64 = 0;
    (void)!::read(wakeUp_, &count64, sizeof(count64));
  }
  return woken;
}

void PacketLoop::reportWhenDue() {
  if (state_.now < nextReport_) return;
  nextReport_ = state_.now + table_.reportMs();
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
