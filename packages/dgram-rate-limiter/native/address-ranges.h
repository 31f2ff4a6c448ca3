/** Blocks of addresses as sorted ranges that do not overlap, looked up by halving: the twin of policy/src/prefix-map.ts. */
#ifndef RINGFENCE_ADDRESS_RANGES_H
#define RINGFENCE_ADDRESS_RANGES_H

#include <span>
#include <vector>

#include "source-key.h"

namespace ringfence::gate {

class AddressRanges {
 public:
  /** @param v4 first and last address of each range. @param v6 the same, four words an address. */
  void use(std::span<const std::uint32_t> v4, std::span<const std::uint32_t> v6);
  [[nodiscard]] bool has(const Source& source) const;

 private:
  using Words = std::array<std::uint32_t, 4>;
  template <typename Value>
  struct Range {
    Value first{};
    Value last{};
  };
  template <typename Value>
  static bool holds(const std::vector<Range<Value>>& ranges, const Value& value);

  std::vector<Range<std::uint32_t>> v4_;
  std::vector<Range<Words>> v6_;
};

}  // namespace ringfence::gate

#endif
