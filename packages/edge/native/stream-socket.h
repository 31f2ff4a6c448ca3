/** A TCP socket that is bound and not listening yet: what its connections inherit has to be said before. */
#ifndef RINGFENCE_STREAM_SOCKET_H
#define RINGFENCE_STREAM_SOCKET_H

#include <cstdint>
#include <string_view>

namespace ringfence::edge {

struct BoundStream {
  int descriptor = -1;
  /** The number of the error; then there is no socket. */
  int error = 0;
};

/** @param receiveBuffer octets that the kernel takes of a connection before they are read; it doubles the number for what it needs itself */
[[nodiscard]] BoundStream bindStream(std::string_view address, std::uint16_t port, int receiveBuffer);

}  // namespace ringfence::edge

#endif
