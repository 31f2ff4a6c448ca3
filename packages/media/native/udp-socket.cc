#include "udp-socket.h"

#include <unistd.h>

#include <cerrno>

namespace ringfence {

UdpSocket::~UdpSocket() {
  if (descriptor_ >= 0) (void)::close(descriptor_);
}

int UdpSocket::bind(const Endpoint& local) {
  UdpSocket made;
  made.descriptor_ = ::socket(local.address.family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (made.descriptor_ < 0) return errno;
  const int on = 1;
  if (local.address.family == AF_INET6) {
    (void)::setsockopt(made.descriptor_, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
  }
  sockaddr_storage name;
  const socklen_t length = socketAddress(local, name);
  if (::bind(made.descriptor_, reinterpret_cast<const sockaddr*>(&name), length) != 0) return errno;
  std::swap(descriptor_, made.descriptor_);
  return 0;
}

void UdpSocket::enlargeReceiveBuffer(int octets) const {
  // Where the system allows less, bursts may lose packets; the call works.
  (void)::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &octets, sizeof(octets));
}

std::optional<Datagram> UdpSocket::receive(Octets room) const {
  sockaddr_storage from;
  from.ss_family = AF_UNSPEC;
  socklen_t length = sizeof(from);
  // MSG_TRUNC: the true length is returned also when the room is smaller.
  const ssize_t got =
      ::recvfrom(descriptor_, room.data(), room.size(), MSG_TRUNC, reinterpret_cast<sockaddr*>(&from), &length);
  if (got < 0) return std::nullopt;
  return Datagram{.length = static_cast<std::size_t>(got), .source = endpointOf(from)};
}

bool UdpSocket::send(View packet, const Endpoint& to) const {
  sockaddr_storage name;
  const socklen_t length = socketAddress(to, name);
  return ::sendto(descriptor_, packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&name), length) >= 0;
}

}  // namespace ringfence
