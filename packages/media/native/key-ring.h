/**
 * SRTP contexts of one direction of one pair, kept by key. A re-INVITE with the same key must find the same context: a fresh one would
 * forget the replay window and the rollover counter inbound, and outbound would use key stream a second time (RFC 3711 §9.1). One context
 * back is kept too: forked early answers may choose our first key, our second, and the first again. The twin of src/engine/key-ring.ts.
 */
#ifndef RINGFENCE_KEY_RING_H
#define RINGFENCE_KEY_RING_H

#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "commands.h"
#include "srtp.h"

namespace ringfence {

/** The suite that a command names; nothing for a number that is none. */
[[nodiscard]] inline std::optional<srtp::Suite> suiteOf(const KeyView& key) {
  if (key.suite == 0 || key.suite > std::size(srtp::profiles)) return std::nullopt;
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
  ~KeptKey() {
    volatile std::uint8_t* octets = octets_.data();
    for (std::size_t octet = 0; octet < kRoom; octet++) octets[octet] = 0;
  }

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

template <typename Context>
class KeyRing {
 public:
  /** The context for this key; null for no key, and for one that no context can be made of. */
  Context* use(const KeyView& key) {
    const auto suite = suiteOf(key);
    if (!suite.has_value() || key.octets.size() > KeptKey::kRoom || key.mki.size() > KeyView::kMaxMki) return nullptr;
    if (current_.context != nullptr && current_.key.is(key)) return current_.context.get();
    const bool back = previous_.context != nullptr && previous_.key.is(key);
    std::swap(current_, previous_);
    if (!back) current_ = {.key = KeptKey(key), .context = make(*suite, {.key_and_salt = key.octets, .mki = key.mki})};
    return current_.context.get();
  }

 private:
  struct Entry {
    KeptKey key;
    std::unique_ptr<Context> context;
  };

  static std::unique_ptr<Context> make(srtp::Suite suite, const srtp::MasterKey& key);

  Entry current_;
  Entry previous_;
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
