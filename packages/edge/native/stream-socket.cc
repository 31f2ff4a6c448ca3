#include "stream-socket.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "peer-name.h"

namespace ringfence::edge {

BoundStream bindStream(std::string_view address, std::uint16_t port, int receiveBuffer) {
  sockaddr_storage name{};
  const socklen_t length = peerOf(address, port, name);
  if (length == 0) return {.error = EINVAL};
  const int descriptor = ::socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return {.error = errno};
  const int on = 1;
  if (name.ss_family == AF_INET6) (void)::setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
  // As Node.js does it: connections of the process before are no reason to wait.
  (void)::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  (void)::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, sizeof(receiveBuffer));
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&name), length) == 0) return {.descriptor = descriptor};
  const int error = errno;
  (void)::close(descriptor);
  return {.error = error};
}

}  // namespace ringfence::edge
