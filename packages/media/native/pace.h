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
  /** `slept`: how long it waited for these sockets. False: the burst is there, or it was busy. */
  [[nodiscard]] bool rests(Millis slept, int sockets) const {
    return busy_ && slept > kAsleepMs && sockets <= kBeginning;
  }

  void served(std::size_t packets, Millis now) {
    packets_ += packets;
    if (now - since_ < kWindowMs) return;
    busy_ = static_cast<Millis>(packets_) > kBusyPerMs * (now - since_);
    packets_ = 0;
    since_ = now;
  }

  /** A sender writes ten packets meanwhile; one of speech has waited 20 ms to be filled. */
  static constexpr long kRestNs = 30'000;

 private:
  static constexpr Millis kWindowMs = 10;
  static constexpr Millis kAsleepMs = 0.02;
  /** Sockets of a burst that has just begun. */
  static constexpr int kBeginning = 3;
  /** Below, a burst is a packet or two, and resting would cost more than it saves. */
  static constexpr double kBusyPerMs = 2;

  bool busy_ = false;
  std::size_t packets_ = 0;
  Millis since_ = 0;
};

}  // namespace ringfence

#endif
