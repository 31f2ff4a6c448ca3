/**
 * The one file with arithmetic on packet lengths and positions. Everything else in native code goes through it.
 *
 * A position or a count is never trusted. Two ways to read and write, and both stay inside the span whatever they are asked:
 *   - at a position (`read16(packet, 2)`): after the caller has checked `holds(packet, at, count)`. Asked for octets that are not there, a
 *     read gives 0 and a write does nothing; under the sanitizers and fuzzers it stops the program instead, because it is our mistake.
 *   - in sequence (`Reader`, `Writer`): for what a peer sent. Running past the end is an ordinary outcome: it is remembered, all that
 *     follows gives 0 or nothing, and `ok()` is asked once at the end.
 * Numbers are in network order. Nothing here allocates or throws.
 */
#ifndef RINGFENCE_BYTES_H
#define RINGFENCE_BYTES_H

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace ringfence {

using Octets = std::span<std::uint8_t>;
using View = std::span<const std::uint8_t>;

/** A read or write outside the span that the caller should have excluded. */
inline void misused() {
#ifdef RINGFENCE_TRAP
  __builtin_trap();
#endif
}

/** True when `count` octets from `at` lie inside. No sum is made that could wrap. */
[[nodiscard]] constexpr bool holds(View octets, std::size_t at, std::size_t count) {
  return at <= octets.size() && count <= octets.size() - at;
}

/** `count` octets from `at`; an empty span when they are not all there. */
[[nodiscard]] inline View part(View octets, std::size_t at, std::size_t count) {
  if (holds(octets, at, count)) return octets.subspan(at, count);
  misused();
  return {};
}
[[nodiscard]] inline Octets part(Octets octets, std::size_t at, std::size_t count) {
  if (holds(octets, at, count)) return octets.subspan(at, count);
  misused();
  return {};
}

/** What is left from `at` to the end; empty when `at` lies outside. */
[[nodiscard]] inline View from(View octets, std::size_t at) {
  return at <= octets.size() ? octets.subspan(at) : View{};
}
[[nodiscard]] inline Octets from(Octets octets, std::size_t at) {
  return at <= octets.size() ? octets.subspan(at) : Octets{};
}

/** `length - less`, or nothing left when `less` is the larger: a trailer cut off a length. */
[[nodiscard]] constexpr std::size_t without(std::size_t length, std::size_t less) {
  return less <= length ? length - less : 0;
}

/** The sum, or the largest number there is when it would wrap: a length that fits nowhere. */
[[nodiscard]] constexpr std::size_t plus(std::size_t length, std::size_t more) {
  return more <= SIZE_MAX - length ? length + more : SIZE_MAX;
}

namespace detail {

/** An unsigned number of `Count` octets in network order. */
template <typename Number, std::size_t Count>
[[nodiscard]] inline Number read(View octets, std::size_t at) {
  static_assert(Count <= sizeof(Number));
  if (!holds(octets, at, Count)) {
    misused();
    return 0;
  }
  std::uint64_t number = 0;
  for (std::size_t octet = 0; octet < Count; octet++) number = number << 8 | octets[at + octet];
  return static_cast<Number>(number);
}

template <std::size_t Count>
inline void write(Octets octets, std::size_t at, std::uint64_t number) {
  static_assert(Count <= sizeof(number));
  if (!holds(octets, at, Count)) {
    misused();
    return;
  }
  for (std::size_t octet = 0; octet < Count; octet++) {
    octets[at + octet] = static_cast<std::uint8_t>(number >> (8 * (Count - 1 - octet)));
  }
}

}  // namespace detail

[[nodiscard]] inline std::uint8_t read8(View octets, std::size_t at) {
  return detail::read<std::uint8_t, 1>(octets, at);
}
[[nodiscard]] inline std::uint16_t read16(View octets, std::size_t at) {
  return detail::read<std::uint16_t, 2>(octets, at);
}
[[nodiscard]] inline std::uint32_t read24(View octets, std::size_t at) {
  return detail::read<std::uint32_t, 3>(octets, at);
}
[[nodiscard]] inline std::uint32_t read32(View octets, std::size_t at) {
  return detail::read<std::uint32_t, 4>(octets, at);
}
[[nodiscard]] inline std::uint64_t read64(View octets, std::size_t at) {
  return detail::read<std::uint64_t, 8>(octets, at);
}

inline void write8(Octets octets, std::size_t at, std::uint8_t number) { detail::write<1>(octets, at, number); }
inline void write16(Octets octets, std::size_t at, std::uint16_t number) { detail::write<2>(octets, at, number); }
inline void write32(Octets octets, std::size_t at, std::uint32_t number) { detail::write<4>(octets, at, number); }
inline void write64(Octets octets, std::size_t at, std::uint64_t number) { detail::write<8>(octets, at, number); }

/** Copies all of `source` to `at`; nothing when it does not fit. The two may overlap. */
inline void copy(Octets octets, std::size_t at, View source) {
  if (!holds(octets, at, source.size())) {
    misused();
    return;
  }
  if (!source.empty()) std::memmove(octets.data() + at, source.data(), source.size());
}

/** Puts `source` before the last `tail` of `length` octets, moving those back. Nothing happens when the room is too small. */
inline void insert(Octets room, std::size_t length, std::size_t tail, View source) {
  const std::size_t at = without(length, tail);
  if (!holds(room, length, source.size()) || tail > length) {
    misused();
    return;
  }
  copy(room, plus(at, source.size()), part(room, at, tail));
  copy(room, at, source);
}

/** Takes `count` octets out that stand before the last `tail` of `length`, moving those forward. */
inline void remove(Octets room, std::size_t length, std::size_t tail, std::size_t count) {
  if (length > room.size() || !holds(room.first(length), tail, count)) {
    misused();
    return;
  }
  copy(room, without(length, plus(tail, count)), part(room, without(length, tail), tail));
}

/** Same octets, same length. Not for secrets: the time tells where they differ. */
[[nodiscard]] inline bool equal(View one, View other) {
  return one.size() == other.size() && (one.empty() || std::memcmp(one.data(), other.data(), one.size()) == 0);
}

/** Reads from front to back what a peer sent. */
class Reader {
 public:
  explicit Reader(View octets) : octets_(octets) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(number<1>()); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number<2>()); }
  std::uint32_t u24() { return static_cast<std::uint32_t>(number<3>()); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number<4>()); }
  std::uint64_t u64() { return number<8>(); }

  /** The next `count` octets; empty, and no longer `ok()`, when there are fewer. */
  View octets(std::size_t count) {
    if (!take(count)) return {};
    return octets_.subspan(at_ - count, count);
  }

  void skip(std::size_t count) { (void)take(count); }

  /** Skips up to the next multiple of `unit` octets from the beginning (STUN attributes, RTP header extensions). */
  void align(std::size_t unit) {
    if (const std::size_t over = unit == 0 ? 0 : at_ % unit; over != 0) skip(unit - over);
  }

  /** False as soon as something was asked for that is not there. */
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] std::size_t left() const { return octets_.size() - at_; }
  [[nodiscard]] View rest() const { return octets_.subspan(at_); }

 private:
  bool take(std::size_t count) {
    if (!ok_ || count > left()) {
      ok_ = false;
      return false;
    }
    at_ += count;
    return true;
  }

  template <std::size_t Count>
  std::uint64_t number() {
    return take(Count) ? detail::read<std::uint64_t, Count>(octets_, at_ - Count) : 0;
  }

  View octets_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

/** Writes from front to back into room of a fixed size. */
class Writer {
 public:
  explicit Writer(Octets room) : room_(room) {}

  void u8(std::uint8_t number) { put<1>(number); }
  void u16(std::uint16_t number) { put<2>(number); }
  void u24(std::uint32_t number) { put<3>(number); }
  void u32(std::uint32_t number) { put<4>(number); }
  void u64(std::uint64_t number) { put<8>(number); }

  void octets(View source) {
    if (take(source.size())) copy(room_, at_ - source.size(), source);
  }

  /** `count` octets of 0. */
  void zeros(std::size_t count) {
    if (take(count) && count > 0) std::memset(room_.data() + (at_ - count), 0, count);
  }

  /** False as soon as something did not fit; what fitted before stands. */
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t size() const { return at_; }
  [[nodiscard]] View written() const { return room_.first(at_); }

 private:
  bool take(std::size_t count) {
    if (!ok_ || count > room_.size() - at_) {
      ok_ = false;
      return false;
    }
    at_ += count;
    return true;
  }

  template <std::size_t Count>
  void put(std::uint64_t number) {
    if (take(Count)) detail::write<Count>(room_, at_ - Count, number);
  }

  Octets room_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace ringfence

#endif
