/** Packets that are not the peer's: counted for one line of the log a minute. The twin of src/engine/suspects.ts. */
#ifndef RINGFENCE_SUSPECTS_H
#define RINGFENCE_SUSPECTS_H

#include <array>
#include <cstdint>

#include "address.h"

namespace ringfence {

enum class Suspicion : std::uint8_t {
  /** Of an address that is not the peer's. */
  kForeign,
  /** Of one that may be the peer's, and the tag does not fit: forged, or under another key. */
  kUnauthentic,
};

inline constexpr std::array kSuspicions = {Suspicion::kForeign, Suspicion::kUnauthentic};

/** Of one kind, at one socket, since the last report. */
struct Suspects {
  std::uint64_t packets = 0;
  /** Of the most recent. */
  Endpoint source;

  void note(const Endpoint& from) {
    packets++;
    source = from;
  }
};

class SuspectsByKind {
 public:
  [[nodiscard]] Suspects& operator[](Suspicion kind) { return kinds_[static_cast<std::size_t>(kind)]; }

 private:
  std::array<Suspects, kSuspicions.size()> kinds_;
};

}  // namespace ringfence

#endif
