#include "context.h"

namespace ringfence::srtp {
namespace {

/** RFC 3711 §3.1: one fixed length, and each names one key. A single key needs none. */
bool mkisFit(std::span<const MasterKey> masters) {
  if (masters.empty() || masters.size() > kMaxMasterKeys) return false;
  for (std::size_t at = 0; at < masters.size(); at++) {
    const View mki = masters[at].mki;
    if (mki.size() > kMaxMkiLength || mki.size() != masters[0].mki.size()) return false;
    if (mki.empty() && masters.size() > 1) return false;
    for (std::size_t before = 0; before < at; before++) {
      if (equal(masters[before].mki, mki)) return false;
    }
  }
  return true;
}

}  // namespace

bool Context::setUp(std::span<const MasterKey> masters, Direction direction, const Snapshot* resume,
                    std::int64_t rtcpGap) {
  if (!mkisFit(masters)) return false;
  mkiLength = masters[0].mki.size();
  keys.reserve(masters.size());
  for (const MasterKey& master : masters) {
    auto cipher =
        profile.gcm ? gcmCipher(profile, master.keyAndSalt, direction) : counterModeCipher(profile, master.keyAndSalt);
    if (cipher == nullptr) return false;
    const PacketsUsed used =
        resume != nullptr && keys.size() < resume->used.size() ? resume->used[keys.size()] : PacketsUsed{0, 0};
    keys.push_back({std::move(cipher),
                    {master.mki.begin(), master.mki.end()},
                    PacketBudget(std::min(master.lifetime, kRtpLifetime), used.rtp),
                    PacketBudget(std::min(master.lifetime, kRtcpLifetime), used.rtcp)});
  }
  return resume == nullptr || (rtp.resume(resume->rtp, 0) && rtcp.resume(resume->rtcp, rtcpGap));
}

KeyInUse* Context::keyFor(View packet, std::size_t behind) {
  const std::size_t at = without(packet.size(), plus(behind, mkiLength));
  const View mki = part(packet, at, mkiLength);
  for (KeyInUse& key : keys) {
    if (equal(key.mki, mki)) return &key;
  }
  return nullptr;
}

Snapshot Context::snapshot() const {
  Snapshot snapshot{rtp.snapshot(), rtcp.snapshot(), {}};
  for (const KeyInUse& key : keys) snapshot.used.push_back({key.rtp.used(), key.rtcp.used()});
  return snapshot;
}

}  // namespace ringfence::srtp
