// What one party hears of one stream: how much, what is missing, and how unevenly it comes.
#pragma once
#include <cmath>
#include <cstdint>

struct Ear {
  bool begun = false;
  uint16_t last = 0;
  uint64_t received = 0;
  uint64_t lost = 0;
  uint64_t repeated = 0;
  /// Of the first packet since `listenAnew`; 0: none.
  uint64_t firstAt = 0;
  double transitUs = 0;
  double jitterUs = 0;
  /// The sum of what jitter is a moving mean of, and of how many.
  double unevenUs = 0;
  uint64_t compared = 0;

  void hear(uint16_t sequence, uint64_t sentAt, uint64_t at) {
    if (firstAt == 0) firstAt = at;
    const auto ahead = static_cast<int16_t>(static_cast<uint16_t>(sequence - last));
    if (begun && ahead <= 0) {
      repeated++;
      return;
    }
    received++;
    if (begun) lost += static_cast<uint64_t>(ahead) - 1;
    const double transit = static_cast<double>(static_cast<int64_t>(at - sentAt)) / 1'000;
    // RFC 3550 §6.4.1; both clocks are the same one here.
    if (begun) {
      const double uneven = std::abs(transit - transitUs);
      jitterUs += (uneven - jitterUs) / 16;
      unevenUs += uneven;
      compared++;
    }
    transitUs = transit;
    last = sequence;
    begun = true;
  }

  /// The counts begin anew; what belongs to the stream stays.
  void countAnew() {
    received = lost = repeated = compared = 0;
    unevenUs = 0;
  }

  /// What was not heard so far is no loss: the party was not there.
  void listenAnew() {
    firstAt = 0;
    begun = false;
  }
};
