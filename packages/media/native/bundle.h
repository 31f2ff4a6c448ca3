/**
 * RFC 9143 §9.2 for one socket that carries several m= lines: whose a packet is, by its payload type, and by SSRC for RTCP. The twin of
 * src/engine/bundle.ts.
 */
#ifndef RINGFENCE_BUNDLE_H
#define RINGFENCE_BUNDLE_H

#include <array>

#include "latch.h"

namespace ringfence {

class Pair;

class Bundle {
 public:
  void add(Pair& owner, const PayloadTypes& payloadTypes) {
    remove(owner);
    for (std::size_t type = 0; type < byType_.size(); type++) {
      if (payloadTypes[type]) byType_[type] = &owner;
    }
  }

  void remove(const Pair& owner) {
    for (Pair*& other : byType_) {
      if (other == &owner) other = nullptr;
    }
    for (std::size_t place = 0; place < sources_;) {
      if (bySource_[place].owner == &owner) {
        bySource_[place] = bySource_[--sources_];
      } else {
        place++;
      }
    }
  }

  /** Of an RTP packet that was authenticated. Null: the socket's own line. */
  [[nodiscard]] Pair* ofMedia(std::uint8_t payloadType, std::uint32_t ssrc) {
    Pair* owner = byType_[payloadType & 0x7f];
    if (owner != nullptr) remember(*owner, ssrc);
    return owner;
  }

  [[nodiscard]] Pair* ofReport(std::uint32_t ssrc) const {
    for (std::size_t place = 0; place < sources_; place++) {
      if (bySource_[place].ssrc == ssrc) return bySource_[place].owner;
    }
    return nullptr;
  }

 private:
  /** A browser sends three a video line. More are the socket's own line's, which does no harm. */
  static constexpr std::size_t kMaxSources = 64;

  struct Source {
    std::uint32_t ssrc = 0;
    Pair* owner = nullptr;
  };

  void remember(Pair& owner, std::uint32_t ssrc) {
    for (std::size_t place = 0; place < sources_; place++) {
      if (bySource_[place].ssrc != ssrc) continue;
      if (sources_ < kMaxSources) bySource_[place].owner = &owner;
      return;
    }
    if (sources_ < kMaxSources) bySource_[sources_++] = {.ssrc = ssrc, .owner = &owner};
  }

  std::array<Pair*, 128> byType_{};
  std::array<Source, kMaxSources> bySource_{};
  std::size_t sources_ = 0;
};

}  // namespace ringfence

#endif
