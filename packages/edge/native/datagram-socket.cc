#include "datagram-socket.h"

#include <unistd.h>

#include <cerrno>
#include <optional>

#include "flow-filter.h"
#include "gate-source.h"
#include "peer-name.h"

namespace ringfence::edge {

namespace {
constexpr std::uint8_t kI = 'I';

/**
 * Does JavaScript have to look? From a banned source a registered phone may go on and a call for help is heard, which begins with an I.
 * Where nothing is enforced, whatever a rate or a ban refused is counted and goes on.
 */
bool mayMatter(gate::Verdict verdict, std::uint8_t first, bool enforced) {
  switch (verdict) {
    case gate::Verdict::kPass:
    case gate::Verdict::kShared:
      return true;
    case gate::Verdict::kBanned:
    case gate::Verdict::kStrangersFull:
      return first == kI || !enforced;
    case gate::Verdict::kOverRate:
      return !enforced;
    default:
      return false;
  }
}

/** Of one datagram, or of none in particular: an ICMP message came for one that was sent. The next may go. */
bool passes(int error) { return error != EAGAIN && error != EWOULDBLOCK && error != ENOBUFS && error != ENOMEM; }
}  // namespace

int DatagramSocket::bind(std::string_view address, std::uint16_t port, int receiveBuffer) {
  if (!memory_.ok()) return EINVAL;
  sockaddr_storage name{};
  const socklen_t length = peerOf(address, port, name);
  if (length == 0) return EINVAL;
  descriptor_ = ::socket(name.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0) return errno;
  const int on = 1;
  if (name.ss_family == AF_INET6) (void)::setsockopt(descriptor_, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
  // Not allowed everywhere; where it is not, bursts are shorter. The first needs a right, and is not held to rmem_max.
  if (::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUFFORCE, &receiveBuffer, sizeof(receiveBuffer)) != 0) {
    (void)::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, sizeof(receiveBuffer));
  }
  if (::bind(descriptor_, reinterpret_cast<const sockaddr*>(&name), length) == 0) return 0;
  const int error = errno;
  close();
  return error;
}

void DatagramSocket::close() {
  if (descriptor_ >= 0) (void)::close(descriptor_);
  descriptor_ = -1;
}

Batch DatagramSocket::receive(gate::Gate* gate, double now) {
  for (std::size_t place = 0; place < kBatch; place++) {
    const Octets room = memory_.room(place);
    parts_[place] = {.iov_base = room.data(), .iov_len = room.size()};
    messages_[place].msg_hdr = {};
    messages_[place].msg_hdr.msg_name = &peers_[place];
    messages_[place].msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    messages_[place].msg_hdr.msg_iov = &parts_[place];
    messages_[place].msg_hdr.msg_iovlen = 1;
  }
  const int taken = ::recvmmsg(descriptor_, messages_.data(), kBatch, MSG_DONTWAIT, nullptr);
  if (taken < 0) return {.taken = 0, .noted = 0, .error = errno == EAGAIN || errno == EINTR ? 0 : errno};
  Batch batch{.taken = static_cast<std::size_t>(taken)};
  const bool enforced = gate == nullptr || gate->isEnforced();
  for (std::size_t place = 0; place < batch.taken; place++) {
    const View packet = part(View{memory_.room(place)}, 0, messages_[place].msg_len);
    const std::uint8_t first = packet.empty() ? std::uint8_t{0} : read8(packet, 0);
    const std::optional<gate::Source> source = gate::sourceOf(peers_[place]);
    gate::Verdict verdict = source.has_value() ? gate::Verdict::kPass : gate::Verdict::kNoAddress;
    if (source.has_value() && gate != nullptr && !isOwn(packet)) {
      verdict = gate->admit(now, {.source = *source, .size = packet.size(), .firstOctet = first});
    }
    if (mayMatter(verdict, first, enforced) && note(place, batch.noted, messages_[place], verdict)) {
      batch.noted++;
    } else if (gate != nullptr) {
      gate->refuse(verdict);
    }
  }
  return batch;
}

bool DatagramSocket::note(std::size_t place, std::size_t index, const mmsghdr& message, gate::Verdict verdict) {
  const PeerName peer = nameOf(peers_[place], memory_.text(place));
  if (peer.length == 0) return false;
  memory_.note(index, {static_cast<std::uint32_t>(place), message.msg_len, peer.port,
                       static_cast<std::uint32_t>(verdict), static_cast<std::uint32_t>(peer.length)});
  return true;
}

int DatagramSocket::throttle(std::span<const sockaddr_storage> flows, double keep) const {
  const int none = 0;
  if (flows.empty()) {
    const int detached = ::setsockopt(descriptor_, SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof(none));
    return detached == 0 || errno == ENOENT ? 0 : errno;
  }
  std::vector<sock_filter> program = flowFilter(flows, keep);
  const sock_fprog filter{.len = static_cast<std::uint16_t>(program.size()), .filter = program.data()};
  return ::setsockopt(descriptor_, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) == 0 ? 0 : errno;
}

Flushed DatagramSocket::flush(std::size_t octets) {
  std::array<mmsghdr, kBatch> messages{};
  std::array<iovec, kBatch> parts{};
  std::array<sockaddr_storage, kBatch> peers{};
  std::array<std::size_t, kBatch> ends{};
  Flushed flushed;
  for (;;) {
    Reader outbox(from(part(memory_.outbox(), 0, octets), flushed.octets));
    std::size_t count = 0;
    for (; count < kBatch && outbox.left() > 0; count++) {
      const std::uint16_t port = outbox.u16();
      const View address = outbox.octets(outbox.u8());
      const View packet = outbox.octets(outbox.u16());
      const socklen_t length =
          peerOf({reinterpret_cast<const char*>(address.data()), address.size()}, port, peers[count]);
      if (!outbox.ok()) return {.octets = octets};
      // sendmmsg only reads from it.
      parts[count] = {.iov_base = const_cast<std::uint8_t*>(packet.data()), .iov_len = packet.size()};
      messages[count].msg_hdr = {};
      messages[count].msg_hdr.msg_name = &peers[count];
      messages[count].msg_hdr.msg_namelen = length;
      messages[count].msg_hdr.msg_iov = &parts[count];
      messages[count].msg_hdr.msg_iovlen = 1;
      ends[count] = without(octets, outbox.left());
    }
    if (count == 0) return flushed;
    const int sent = ::sendmmsg(descriptor_, messages.data(), static_cast<unsigned int>(count), MSG_DONTWAIT);
    // Refused is always the first: what stood before it went in the call before.
    if (sent < 0 && errno != EINTR && !passes(errno)) return {.octets = flushed.octets, .full = true};
    if (sent > 0) flushed.octets = ends[static_cast<std::size_t>(sent - 1)];
    if (sent < 0 && errno != EINTR) flushed.octets = ends[0];
  }
}

}  // namespace ringfence::edge
