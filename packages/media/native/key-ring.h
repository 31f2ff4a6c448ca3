/**
 * SRTP contexts of one direction of one pair, kept by key. A re-INVITE with the same key must find the same context: a fresh one would
 * forget the replay window and the rollover counter inbound, and outbound would use key stream a second time (RFC 3711 §9.1). Contexts of
 * keys before it are kept too: forked early answers may choose our first key, our second, and the first again. The twin of
 * src/engine/key-ring.ts.
 */
#ifndef RINGFENCE_KEY_RING_H
#define RINGFENCE_KEY_RING_H

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "commands.h"
#include "secret-octets.h"
#include "srtp.h"

namespace ringfence {

/** The suite that a command names; nothing for a number that is none. */
[[nodiscard]] inline std::optional<srtp::Suite> suiteOf(const KeyView& key) {
  if (key.suite == 0 || key.suite > std::size(srtp::kProfiles)) return std::nullopt;
  return static_cast<srtp::Suite>(key.suite - 1);
}

/** A key as it came, to know it again. Wiped when it goes. */
class KeptKey {
 public:
  /** The longest: 32 octets of key, 14 of salt. */
  static constexpr std::size_t kRoom = 46;

  KeptKey() = default;
  explicit KeptKey(const KeyView& key) : suite_(key.suite), length_(key.octets.size()), mkiLength_(key.mki.size()) {
    copy(octets_, 0, key.octets);
    copy(mki_, 0, key.mki);
  }
  KeptKey(const KeptKey&) = default;
  KeptKey& operator=(const KeptKey&) = default;
  ~KeptKey() { wipe(octets_); }

  [[nodiscard]] bool is(const KeyView& key) const {
    return key.suite == suite_ && equal(key.octets, part(View{octets_}, 0, length_)) &&
           equal(key.mki, part(View{mki_}, 0, mkiLength_));
  }

 private:
  std::uint8_t suite_ = 0;
  std::size_t length_ = 0;
  std::size_t mkiLength_ = 0;
  std::array<std::uint8_t, kRoom> octets_{};
  std::array<std::uint8_t, KeyView::kMaxMki> mki_{};
};

/** Our offer has a key of its own for each suite, and each fork may take another. */
inline constexpr std::size_t kKeysRemembered = std::size(srtp::kProfiles);

template <typename Context>
class KeyRing {
 public:
  /** The context for this key; null for no key, and for one that no context can be made of. */
  Context* use(const KeyView& key) {
    const auto suite = suiteOf(key);
    if (!suite.has_value() || key.octets.size() > KeptKey::kRoom || key.mki.size() > KeyView::kMaxMki) return nullptr;
    const auto known = std::find_if(kept_.begin(), kept_.end(), [&](const Entry& one) { return one.key.is(key); });
    if (known != kept_.end()) {
      // The last used is the last to go.
      std::rotate(kept_.begin(), known, std::next(known));
      return kept_.front().context.get();
    }
    auto made = make(*suite, {.keyAndSalt = key.octets, .mki = key.mki});
    if (made == nullptr) return nullptr;
    if (kept_.size() == kKeysRemembered) kept_.pop_back();
    kept_.insert(kept_.begin(), {.key = KeptKey(key), .context = std::move(made)});
    return kept_.front().context.get();
  }

 private:
  struct Entry {
    KeptKey key;
    std::unique_ptr<Context> context;
  };

  static std::unique_ptr<Context> make(srtp::Suite suite, const srtp::MasterKey& key);

  /** The one in use first. */
  std::vector<Entry> kept_;
};

template <>
inline std::unique_ptr<srtp::Protector> KeyRing<srtp::Protector>::make(srtp::Suite suite, const srtp::MasterKey& key) {
  return srtp::Protector::create(suite, key);
}

template <>
inline std::unique_ptr<srtp::Unprotector> KeyRing<srtp::Unprotector>::make(srtp::Suite suite,
                                                                           const srtp::MasterKey& key) {
  return srtp::Unprotector::create(suite, {key});
}

}  // namespace ringfence

#endif
