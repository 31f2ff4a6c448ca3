#include "source-table.h"

namespace ringfence::srtp {

bool SourceTable::resume(std::span<const SourceIndex> sources, std::int64_t gap) {
  for (const SourceIndex& source : sources.first(std::min(sources.size(), kMaxSources))) {
    if (source.index < 0 || source.index > kLastRtpIndex) return false;
    ssrcs_.push_back(source.ssrc);
    windows_.push_back(ReplayWindow::resumedAt(source.index + gap));
  }
  return true;
}

std::int64_t SourceTable::indexFor(std::uint32_t ssrc, std::uint16_t sequence) const {
  const std::size_t at = find(ssrc);
  // RFC 3711 §3.3.1: the rollover counter of a new stream is 0.
  const std::int64_t index = at == kNowhere ? sequence : estimateIndex(windows_[at].highest(), sequence);
  if (index < 0) return result::kOld;
  const Result verdict = check(ssrc, index);
  return verdict < 0 ? verdict : index;
}

Result SourceTable::check(std::uint32_t ssrc, std::int64_t index) const {
  const std::size_t at = find(ssrc);
  if (at != kNowhere) return windows_[at].check(index);
  return ssrcs_.size() < kMaxSources ? 0 : result::kSsrcLimit;
}

std::optional<std::int64_t> SourceTable::highest(std::uint32_t ssrc) const {
  const std::size_t at = find(ssrc);
  if (at == kNowhere) return std::nullopt;
  return windows_[at].highest();
}

void SourceTable::commit(std::uint32_t ssrc, std::int64_t index) {
  std::size_t at = find(ssrc);
  if (at == kNowhere) {
    at = ssrcs_.size();
    ssrcs_.push_back(ssrc);
    windows_.emplace_back(index);
  }
  windows_[at].mark(index);
  recent_ = at;
}

std::vector<SourceIndex> SourceTable::snapshot() const {
  std::vector<SourceIndex> sources;
  sources.reserve(ssrcs_.size());
  for (std::size_t at = 0; at < ssrcs_.size(); at++) sources.push_back({ssrcs_[at], windows_[at].highest()});
  return sources;
}

std::size_t SourceTable::find(std::uint32_t ssrc) const {
  if (recent_ < ssrcs_.size() && ssrcs_[recent_] == ssrc) return recent_;
  const auto found = std::find(ssrcs_.begin(), ssrcs_.end(), ssrc);
  return found == ssrcs_.end() ? kNowhere : static_cast<std::size_t>(found - ssrcs_.begin());
}

}  // namespace ringfence::srtp
