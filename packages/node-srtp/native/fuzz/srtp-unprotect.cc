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

void must(bool holds_true) {
  if (!holds_true) std::abort();
}

constexpr std::uint8_t key_and_salt[46] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
constexpr std::uint8_t identifier[srtp::max_mki_length] = {0x4d, 0x4b, 0x49};

void receive(srtp::Unprotector& context, View octets) {
  // Exactly as long as it is, so that one octet too far is seen.
  std::vector<std::uint8_t> packet(octets.begin(), octets.end());
  for (const bool control : {false, true}) {
    const srtp::Result result = control ? context.rtcp(packet, packet.size()) : context.rtp(packet, packet.size());
    must(result < 0);
    must(equal(packet, octets));
    must(context.sources() == 0);
  }
  must(context.rtp(packet, packet.size() + 1) == srtp::result::too_short);
  must(context.rtcp(packet, packet.size() + 1) == srtp::result::too_short);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Reader input({data, size});
  const auto suite = static_cast<srtp::Suite>(input.u8() % std::size(srtp::profiles));
  const std::size_t mki_length = input.u8() % 5;
  const auto context =
      srtp::Unprotector::create(suite, {{.key_and_salt = part(View(key_and_salt), 0, srtp::key_and_salt_length(suite)),
                                         .mki = part(View(identifier), 0, mki_length)}});
  must(context != nullptr);
  while (input.ok() && input.left() > 0) {
    const std::size_t length = input.u16();
    receive(*context, input.octets(std::min(length, input.left())));
  }
  return 0;
}
