/** Octets that hold keys: wiped before their memory goes back, also when the vector grows. */
#ifndef RINGFENCE_SECRET_OCTETS_H
#define RINGFENCE_SECRET_OCTETS_H

#include <openssl/crypto.h>

#include <memory>
#include <vector>

#include "bytes.h"

namespace ringfence {

inline void wipe(Octets octets) { OPENSSL_cleanse(octets.data(), octets.size()); }

template <typename T>
struct WipingAllocator {
  using value_type = T;

  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, std::size_t count) {
    OPENSSL_cleanse(memory, count * sizeof(T));
    std::allocator<T>().deallocate(memory, count);
  }
  friend bool operator==(const WipingAllocator&, const WipingAllocator&) = default;
};

using SecretOctets = std::vector<std::uint8_t, WipingAllocator<std::uint8_t>>;

}  // namespace ringfence

#endif
