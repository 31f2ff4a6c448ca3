#include "notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>

namespace ringfence::appliance {

int notify(View path, View message) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const Octets room{reinterpret_cast<std::uint8_t*>(address.sun_path), sizeof(address.sun_path)};
  // Names without a path ('@') are not for services of the system, and the zero at the end has to stay.
  if (path.empty() || path.front() != '/' || path.size() >= room.size()) return EAFNOSUPPORT;
  copy(room, 0, path);
  const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return errno;
  const ssize_t sent = ::sendto(descriptor, message.data(), message.size(), MSG_NOSIGNAL,
                                reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  const int error = sent < 0 ? errno : 0;
  (void)::close(descriptor);
  return error;
}

}  // namespace ringfence::appliance
