#include "datagram-batch.h"

namespace ringfence {

DatagramBatch::DatagramBatch() {
  for (std::size_t place = 0; place < kMost; place++) {
    vectors_[place] = {.iov_base = rooms_[place].data(), .iov_len = rooms_[place].size()};
    headers_[place].msg_hdr.msg_iov = &vectors_[place];
    headers_[place].msg_hdr.msg_iovlen = 1;
    headers_[place].msg_hdr.msg_name = &sources_[place];
  }
}

std::size_t DatagramBatch::receive(const UdpSocket& socket) {
  for (mmsghdr& header : headers_) header.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
  const int got = ::recvmmsg(socket.descriptor(), headers_.data(), kMost, MSG_TRUNC, nullptr);
  return got < 0 ? 0 : static_cast<std::size_t>(got);
}

/** MSG_TRUNC: the true length also of one that is larger than its room. */
Datagram DatagramBatch::datagram(std::size_t place) const {
  return {.length = headers_[place].msg_len, .source = endpointOf(sources_[place])};
}

}  // namespace ringfence
