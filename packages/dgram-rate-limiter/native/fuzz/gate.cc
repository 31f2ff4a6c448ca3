/**
 * Datagrams of any source at a gate whose tables hold any octets, as if somebody had written over them. Every verdict is one of the list, and nothing
 * outside the tables is touched.
 *
 * Input: 8 octets that fill the tables again and again, then for each datagram 2 of time, 16 of address, 2 of size and its first octet.
 */
#include "../gate.h"

#include <cstdlib>
#include <vector>

namespace ringfence::gate {

namespace {
constexpr std::uint32_t kSets = 2;
constexpr std::size_t kSlots = 8 * kSets;
constexpr std::size_t kOctetsOfASlot = 29;

/** Aligned as JavaScript's memory is, and exactly as long as the table. */
struct Memory {
  std::vector<double> numbers = std::vector<double>(kSlots * kOctetsOfASlot / sizeof(double));
  Octets octets() { return {reinterpret_cast<std::uint8_t*>(numbers.data()), numbers.size() * sizeof(double)}; }
};

void fill(Octets memory, View pattern) {
  for (std::size_t at = 0; at < memory.size(); at++) memory[at] = pattern[at % pattern.size()];
}

Source sourceOf(Reader& input) {
  Source source;
  for (std::uint32_t& word : source.words) word = input.u32();
  source.zoned = source.words[0] == 0xfe80'0000;
  return source;
}
}  // namespace

}  // namespace ringfence::gate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ringfence;
  Reader input({data, size});
  const View pattern = input.octets(8);
  if (!input.ok()) return 0;
  gate::Memory table;
  gate::Memory networks;
  gate::fill(table.octets(), pattern);
  gate::fill(networks.octets(), pattern);
  std::vector<double> registers = {200,    1'000, 2'000, 10'000, 4'000, 20'000, 2'000,
                                   10'000, 20,    40,    40'000, 0,     65'507, 7};
  registers.resize(26);
  registers[14] = registers[15] = gate::kSets;
  gate::Gate gate;
  if (!gate.use(table.octets(), networks.octets(), registers)) std::abort();
  const std::array<std::uint32_t, 2> v4 = {0x0a00'0000, 0x0aff'ffff};
  const std::array<std::uint32_t, 8> v6 = {0x2001'0db8, 0, 0, 0, 0x2001'0db8, ~0U, ~0U, ~0U};
  gate.exempt.use(v4, {});
  gate.denied.use({}, v6);
  double now = 0;
  while (input.left() > 0) {
    now += input.u16();
    const gate::Source source = gate::sourceOf(input);
    const gate::Verdict verdict = gate.admit(now, {source, input.u16(), input.u8()});
    if (verdict > gate::Verdict::kShared) std::abort();
    gate.refuse(verdict);
    if (!input.ok()) break;
  }
  return 0;
}
