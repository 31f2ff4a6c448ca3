/**
 * Key presses that a peer sends as events (RFC 4733) and that the other leg cannot take as such: read here, said once each.
 * A press is named by its timestamp. Its three last packets may be lost, or its first: what is there of it counts.
 * The twin of src/engine/press-reader.ts.
 */
#ifndef RINGFENCE_PRESS_READER_H
#define RINGFENCE_PRESS_READER_H

#include <optional>

#include "bytes.h"
#include "latch.h"

namespace ringfence {

/** Events on one leg. */
struct KeyPresses {
  std::uint8_t type = 0;
  /** Of their durations, in Hz; never 0. */
  std::uint32_t clockRate = 8000;
  /** The other leg has none: what this peer presses goes up, and is not relayed. */
  bool collect = false;

  [[nodiscard]] bool operator==(const KeyPresses&) const = default;
};

/** A press that is over. */
struct Press {
  std::uint8_t event = 0;
  std::uint32_t durationMs = 0;
};

class PressReader {
 public:
  explicit PressReader(const KeyPresses& presses) : presses_(presses) {}

  [[nodiscard]] const KeyPresses& presses() const { return presses_; }
  /** Whether this packet in clear is an event. It is read, and is not for the other leg. */
  [[nodiscard]] bool isPress(View packet, Millis now);
  /** Called now and then: a press whose end was lost ends by itself. */
  void settle(Millis now);
  /** A press that ended since the last call, the older first. */
  [[nodiscard]] std::optional<Press> take();

 private:
  void read(View packet, Millis now);
  void begin(std::uint32_t ssrc, std::uint32_t timestamp, std::uint8_t event, std::int32_t later, Millis now);
  void close(Millis now);

  const KeyPresses presses_;
  std::int64_t ssrc_ = -1;
  std::uint32_t timestamp_ = 0;
  std::uint8_t event_ = 0;
  std::uint32_t duration_ = 0;
  /** Of segments that went before: an event longer than its field counts goes on under another timestamp (§2.5.1.3). */
  std::uint64_t before_ = 0;
  bool open_ = false;
  Millis lastAt_ = 0;
  std::optional<Millis> second_;
  unsigned saidThisSecond_ = 0;
  /** One packet can end two: the press before, and its own. */
  std::optional<Press> ended_;
  std::optional<Press> endedThen_;
};

}  // namespace ringfence

#endif
