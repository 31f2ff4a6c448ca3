/**
 * A history between a sender and a receiver that hold the same keys: packets with any header and length, in any order of sequence numbers and SSRCs,
 * damaged, replayed, cut, with too little room. What the sender seals, the receiver opens once, to the same octets; what was touched, it refuses and
 * leaves alone.
 */
#include <algorithm>
#include <cstdlib>

#include "../rtp-view.h"
#include "../srtp.h"

using namespace ringfence;

namespace {

void must(bool holdsTrue) {
  if (!holdsTrue) std::abort();
}

using Packet = std::vector<std::uint8_t>;

constexpr std::uint8_t kMaterial[46] = {7, 5, 3, 1};
constexpr std::uint8_t kIdentifiers[2 * srtp::kMaxMkiLength] = {0x4d, 0x4b, 0x49};

srtp::Result seal(srtp::Protector& sender, bool control, Octets buffer, std::size_t length) {
  return control ? sender.rtcp(buffer, length) : sender.rtp(buffer, length);
}

srtp::Result open(srtp::Unprotector& receiver, bool control, Octets packet) {
  return control ? receiver.rtcp(packet, packet.size()) : receiver.rtp(packet, packet.size());
}

/** The sealed packet, or nothing when the sender refused; then it must not have been touched. */
Packet sealed(srtp::Protector& sender, bool control, View plain, std::size_t room) {
  Packet buffer(plain.begin(), plain.end());
  buffer.resize(plus(plain.size(), room));
  const srtp::Result length = seal(sender, control, buffer, plain.size());
  must(length < 0 || static_cast<std::size_t>(length) <= buffer.size());
  must(length >= 0 || equal(part(View(buffer), 0, plain.size()), plain));
  buffer.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
  return buffer;
}

void refused(srtp::Unprotector& receiver, bool control, View octets) {
  Packet packet(octets.begin(), octets.end());
  must(open(receiver, control, packet) < 0);
  must(equal(packet, octets));
}

/** One packet on its way. `what` has flags of what happens to it. */
void deliver(srtp::Unprotector& receiver, bool control, View plain, const Packet& packet, std::uint8_t what,
             std::uint16_t where) {
  if ((what & 1) != 0) {
    Packet damaged = packet;
    damaged[where % damaged.size()] ^= static_cast<std::uint8_t>(1 << (what >> 5));
    refused(receiver, control, damaged);
  }
  if ((what & 2) != 0) refused(receiver, control, part(View(packet), 0, where % packet.size()));
  if ((what & 4) != 0) return;
  Packet arrived = packet;
  const srtp::Result length = open(receiver, control, arrived);
  // The sender's index may have gone where the receiver, who lost packets, does not follow; but never to other octets.
  if (length < 0) {
    must(arrived == packet);
    return;
  }
  must(equal(part(View(arrived), 0, static_cast<std::size_t>(length)), plain));
  refused(receiver, control, packet);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Reader input({data, size});
  const auto suite = static_cast<srtp::Suite>(input.u8() % std::size(srtp::kProfiles));
  const View key = part(View(kMaterial), 0, srtp::keyAndSaltLength(suite));
  const std::size_t mkiLength = input.u8() % (srtp::kMaxMkiLength + 1);
  const srtp::MasterKey ours{.keyAndSalt = key, .mki = part(View(kIdentifiers), 0, mkiLength)};
  const srtp::MasterKey other{.keyAndSalt = key, .mki = part(View(kIdentifiers), srtp::kMaxMkiLength, mkiLength)};
  const auto sender = srtp::Protector::create(suite, ours);
  const srtp::MasterKey both[] = {other, ours};
  // With no MKI the two cannot be told apart.
  auto receiver = srtp::Unprotector::create(suite, std::span(both).last(mkiLength == 0 ? 1 : 2));
  must(sender != nullptr && receiver != nullptr);
  while (input.ok() && input.left() > 0) {
    const std::uint8_t flags = input.u8();
    const std::uint8_t what = input.u8();
    const std::uint16_t where = input.u16();
    const std::size_t room = (flags & 2) != 0 ? input.u8() : srtp::kMaxExpansion + srtp::kMaxMkiLength;
    const std::size_t length = input.u8();
    const View plain = input.octets(std::min(length, input.left()));
    const bool control = (flags & 1) != 0;
    const Packet packet = sealed(*sender, control, plain, room);
    if (!packet.empty()) deliver(*receiver, control, plain, packet, what, where);
    if ((flags & 0x80) != 0) {
      const srtp::Snapshot state = receiver->snapshot();
      receiver = srtp::Unprotector::create(suite, std::span(both).last(mkiLength == 0 ? 1 : 2), &state);
      must(receiver != nullptr);
    }
  }
  return 0;
}
