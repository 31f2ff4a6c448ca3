#include "address-ranges.h"

#include <algorithm>

namespace ringfence::gate {

void AddressRanges::use(std::span<const std::uint32_t> v4, std::span<const std::uint32_t> v6) {
  v4_.clear();
  v6_.clear();
  for (; v4.size() >= 2; v4 = v4.subspan(2)) v4_.push_back({v4[0], v4[1]});
  for (; v6.size() >= 8; v6 = v6.subspan(8)) {
    Range<Words> range;
    std::copy_n(v6.begin(), 4, range.first.begin());
    std::copy_n(v6.subspan(4).begin(), 4, range.last.begin());
    v6_.push_back(range);
  }
}

template <typename Value>
bool AddressRanges::holds(const std::vector<Range<Value>>& ranges, const Value& value) {
  const auto beyond = std::upper_bound(ranges.begin(), ranges.end(), value,
                                       [](const Value& one, const Range<Value>& range) { return one < range.first; });
  return beyond != ranges.begin() && value <= std::prev(beyond)->last;
}

bool AddressRanges::has(const Source& source) const {
  if (source.zoned) return false;
  return source.isV4() ? holds(v4_, source.words[3]) : holds(v6_, source.words);
}

}  // namespace ringfence::gate
