/**
 * When a thread that was woken waits for more before it begins. Packets come in bursts; a thread that goes before the rest of the machine is
 * woken by the first of a burst, serves it and sleeps again before the sender has written the second: a wake-up a packet. With many packets a
 * second it rests a moment after waking, and the burst is there.
 */
#ifndef RINGFENCE_PACE_H
#define RINGFENCE_PACE_H

#include <cstddef>

#include "latch.h"

namespace ringfence {

class Pace {
 public:
  /** `slept`: how long it waited for a packet. False: it was busy, and what came meanwhile is there. */
  [[nodiscard]] bool rests(Millis slept) const { return busy_ && slept > kAsleepMs; }

  void served(std::size_t packets, Millis now) {
    packets_ += packets;
    if (now - since_ < kWindowMs) return;
    busy_ = static_cast<Millis>(packets_) > kBusyPerMs * (now - since_);
    packets_ = 0;
    since_ = now;
  }

  /** A hundredth of what a packet of speech waits to be filled. */
  static constexpr long kRestNs = 50'000;

 private:
  static constexpr Millis kWindowMs = 10;
  static constexpr Millis kAsleepMs = 0.02;
  /** Below, a burst is a packet or two, and resting would cost more than it saves. */
  static constexpr double kBusyPerMs = 2;

  bool busy_ = false;
  std::size_t packets_ = 0;
  Millis since_ = 0;
};

}  // namespace ringfence

#endif
