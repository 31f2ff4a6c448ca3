/**
 * Key presses: any packets read as events, any presses written over any sound. What is written keeps its number and its SSRC and is no
 * longer than it was; what a reader says of it was pressed; and no peer makes more of a second than the reader lets through.
 */
#include <vector>

#include "classify.h"
#include "press-writer.h"

namespace {
using namespace ringfence;

constexpr unsigned kMostASecond = 16;

void must(bool holds) {
  if (!holds) __builtin_trap();
}

/** What one reader says, held against what may be said. */
class Said {
 public:
  explicit Said(const KeyPresses& presses) : reader_(presses) {}

  void hear(View packet, Millis now) {
    (void)reader_.isPress(packet, now);
    collect(now);
  }

  void settle(Millis now) {
    reader_.settle(now);
    collect(now);
  }

 private:
  void collect(Millis now) {
    for (auto press = reader_.take(); press.has_value(); press = reader_.take()) {
      must(press->event <= 15);
      // Two budgets may meet within any second, and no third.
      if (now - since_ >= 1'000) {
        since_ = now;
        before_ = within_;
        within_ = 0;
      }
      must(++within_ <= 2 * kMostASecond);
    }
  }

  PressReader reader_;
  Millis since_ = 0;
  unsigned within_ = 0;
  unsigned before_ = 0;
};

void write(PressWriter& writer, Said& far, const KeyPresses& presses, View octets, Millis now) {
  std::vector<std::uint8_t> packet(octets.begin(), octets.end());
  if (classifyRtp(packet) != Drop::kNone) return;
  const std::size_t length = writer.write(packet, now);
  must(length <= packet.size());
  must(equal(part(View{packet}, 2, 2), part(octets, 2, 2)) && equal(part(View{packet}, 8, 4), part(octets, 8, 4)));
  const View sent = part(View{packet}, 0, length);
  must(classifyRtp(sent) == Drop::kNone);
  const bool rewritten = !equal(packet, octets);
  must(!rewritten || (length == 16 && (read8(sent, 1) & 0x7f) == presses.type && rtpPaddingFits(sent)));
  far.hear(sent, now);
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Reader reader({data, size});
  const KeyPresses presses{
      .type = static_cast<std::uint8_t>(reader.u8() & 0x3f), .clockRate = reader.u32() | 1U, .collect = true};
  PressWriter writer(presses);
  Said near(presses);
  Said far(presses);
  Millis now = 0;
  while (reader.ok() && reader.left() > 0) {
    const std::uint8_t what = reader.u8();
    now += reader.u8();
    if (what % 4 == 0) {
      writer.press({.event = static_cast<std::uint8_t>(what >> 4), .durationMs = reader.u32()}, now);
    } else if (what % 4 == 1) {
      near.settle(now);
    } else {
      const View octets = reader.octets(std::min<std::size_t>(reader.u8(), reader.left()));
      if (what % 4 == 2) {
        write(writer, far, presses, octets, now);
      } else if (classifyRtp(octets) == Drop::kNone) {
        near.hear(octets, now);
      }
    }
  }
  return 0;
}
