/**
 * Raw octets as SRTP and SRTCP packets, for every suite, with and without MKI. Whatever comes: the result is a length inside the packet or a code,
 * a refused packet is as it was, and the context is as if it had never come. Nobody guesses a tag, so everything is refused.
 *
 * Input: suite and MKI in one octet, a length of MKI in the next, then packets, each behind two octets of length.
 */
#include <cstdlib>

#include "../rtp-view.h"
#include "../srtp.h"

using namespace ringfence;

namespace {

void must(bool holdsTrue) {
  if (!holdsTrue) std::abort();
}

constexpr std::uint8_t kKeyAndSalt[46] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
constexpr std::uint8_t kIdentifier[srtp::kMaxMkiLength] = {0x4d, 0x4b, 0x49};

void receive(srtp::Unprotector& context, View octets) {
  // Exactly as long as it is, so that one octet too far is seen.
  std::vector<std::uint8_t> packet(octets.begin(), octets.end());
  for (const bool control : {false, true}) {
    const srtp::Result result = control ? context.rtcp(packet, packet.size()) : context.rtp(packet, packet.size());
    must(result < 0);
    must(equal(packet, octets));
    must(context.sources() == 0);
  }
  must(context.rtp(packet, packet.size() + 1) == srtp::result::kTooShort);
  must(context.rtcp(packet, packet.size() + 1) == srtp::result::kTooShort);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Reader input({data, size});
  const auto suite = static_cast<srtp::Suite>(input.u8() % std::size(srtp::kProfiles));
  const std::size_t mkiLength = input.u8() % 5;
  const auto context =
      srtp::Unprotector::create(suite, {{.keyAndSalt = part(View(kKeyAndSalt), 0, srtp::keyAndSaltLength(suite)),
                                         .mki = part(View(kIdentifier), 0, mkiLength)}});
  must(context != nullptr);
  while (input.ok() && input.left() > 0) {
    const std::size_t length = input.u16();
    receive(*context, input.octets(std::min(length, input.left())));
  }
  return 0;
}
