/**
 * Two ends of a handshake on a hostile wire: datagrams delivered, lost, repeated, damaged, cut, and ones that are all the fuzzer's. Whatever
 * happens, an end that says it is established has keys, its fingerprint was right, and both that are have the same.
 */
#include <cstdlib>
#include <deque>

#include "../dtls.h"

using namespace ringfence;

/** The system's libssl exports no such function (the runtime's does): without it an association cannot be opened. */
extern "C" int dtls1_retransmit_buffered_messages(SSL* /*ssl*/) { return 1; }

namespace {

void must(bool holdsTrue) {
  if (!holdsTrue) std::abort();
}

using Identity = std::shared_ptr<const DtlsIdentity>;

Fingerprint fingerprintOf(const Identity& identity) {
  Datagram digest(EVP_MAX_MD_SIZE);
  unsigned int size = 0;
  const View certificate = identity->certificate();
  must(EVP_Digest(certificate.data(), certificate.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1);
  digest.resize(size);
  return {"SHA256", digest};
}

struct End {
  std::unique_ptr<DtlsAssociation> association;
  /** What the other end sent, and has not come yet. */
  std::deque<Datagram> inbox;
};

void collect(End& from, End& to) {
  for (Datagram& datagram : from.association->takeOut()) {
    must(datagram.size() <= 1'200);
    if (to.inbox.size() < 64) to.inbox.push_back(std::move(datagram));
  }
}

void check(const End& one, const End& other) {
  std::array<std::uint8_t, 88> first{};
  std::array<std::uint8_t, 88> second{};
  const bool established = one.association->state() == DtlsState::kEstablished;
  must(one.association->exportKeys(first) == established);
  must((one.association->profile() != 0) == established);
  if (established && other.association->state() == DtlsState::kEstablished) {
    must(other.association->exportKeys(second) && first == second);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Identity ours = DtlsIdentity::make();
  static const Identity theirs = DtlsIdentity::make();
  Reader input(View(data, size));
  End client{DtlsAssociation::open(ours, {true, "SRTP_AES128_CM_SHA1_80", {fingerprintOf(theirs)}}), {}};
  End server{DtlsAssociation::open(theirs, {false, "SRTP_AES128_CM_SHA1_80", {fingerprintOf(ours)}}), {}};
  must(client.association != nullptr && server.association != nullptr);
  client.association->begin();
  for (int steps = 0; steps < 64 && input.left() > 0; steps++) {
    const std::uint8_t what = input.u8();
    End& to = (what & 0x80) == 0 ? server : client;
    End& from = (what & 0x80) == 0 ? client : server;
    collect(from, to);
    Datagram datagram = to.inbox.empty() ? Datagram{} : to.inbox.front();
    const std::size_t where = input.u8();
    if ((what & 3) == 1 && !datagram.empty()) datagram[where % datagram.size()] ^= input.u8();
    if ((what & 3) == 2 && !datagram.empty()) datagram.resize(where % datagram.size());
    if ((what & 3) == 3) {
      const View own = input.octets(std::min(input.left(), where));
      datagram.assign(own.begin(), own.end());
    } else if ((what & 4) == 0 && !to.inbox.empty()) {
      to.inbox.pop_front();
    }
    if ((what & 8) == 0) to.association->receive(datagram);
    if ((what & 16) != 0) to.association->retransmit();
    if ((what & 32) != 0) to.association->close();
    check(to, from);
  }
  return 0;
}
