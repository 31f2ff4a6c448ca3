/**
 * Key presses for a peer, written as events (RFC 4733) over the sound that flows to it: while a key is down, each packet of
 * sound leaves as a packet of the event, under its own sequence number and SSRC. So numbers stay whole, no packet is
 * added, and SRTP never sees an index twice. Where no sound flows the press waits, and is given up after some seconds.
 * The twin of src/engine/press-writer.ts.
 */
#ifndef RINGFENCE_PRESS_WRITER_H
#define RINGFENCE_PRESS_WRITER_H

#include <deque>

#include "press-reader.h"

namespace ringfence {

class PressWriter {
 public:
  explicit PressWriter(const KeyPresses& presses) : presses_(presses) {}

  [[nodiscard]] bool is(const KeyPresses& presses) const {
    return presses.type == presses_.type && presses.clockRate == presses_.clockRate;
  }
  void press(const Press& press, Millis now);
  /** A packet in clear on its way to the peer: rewritten in place when a key is down. The octets to send. */
  [[nodiscard]] std::size_t write(Octets packet, Millis now);

 private:
  struct Waiting {
    Press press;
    Millis givenUpAt = 0;
  };

  void turnTo(std::uint32_t ssrc);
  bool next(std::uint32_t timestamp, Millis now);
  std::size_t replace(Octets packet, std::uint32_t timestamp);

  const KeyPresses presses_;
  std::deque<Waiting> waiting_;
  std::uint8_t event_ = 0;
  /** In units of the clock; 0: no key is down. */
  std::int64_t duration_ = 0;
  std::uint32_t start_ = 0;
  unsigned ends_ = 0;
  bool begun_ = false;
  /** The sound's last timestamp and the step between two. */
  std::uint32_t timestamp_ = 0;
  std::int32_t step_ = kUsualStep;
  std::int64_t ssrc_ = -1;
  /** Timestamp at which the next press may begin; nothing: at once. */
  std::optional<std::uint32_t> freeAt_;

  /** 20 ms at 8 kHz, until the sound has shown its own. */
  static constexpr std::int32_t kUsualStep = 160;
};

}  // namespace ringfence

#endif
