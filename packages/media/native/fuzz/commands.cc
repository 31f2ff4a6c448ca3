/** Command batches as octets: whatever they hold, they are read to their end or refused, and every view lies inside. */
#include "commands.h"

namespace ringfence {

namespace {
class Touch final : public CommandSink {
 public:
  void open(const OpenCommand& command) override { sum += command.pair + command.port + command.address.words[0]; }
  void join(PairId left, PairId right) override { sum += left ^ right; }
  void configure(PairId pair, const PairConfig& config) override {
    sum += pair + config.formats.size() + config.latch.payloadTypes.count() + config.latch.learnCount;
    touch(config.keys.inbound.octets);
    touch(config.keys.outbound.octets);
    if (config.rtcpKeys.has_value()) touch(config.rtcpKeys->inbound.octets);
  }
  void select(const SelectCommand& command) override { sum += command.source.port; }
  void send(const SendCommand& command) override { touch(command.packet); }
  void press(const PressCommand& command) override { sum += command.pair; }
  void close(PairId pair) override { sum += pair; }
  void halt() override { sum++; }

  std::uint64_t sum = 0;

 private:
  void touch(View octets) {
    for (const std::uint8_t octet : octets) sum += octet;
  }
};
}  // namespace

}  // namespace ringfence

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ringfence::Touch sink;
  const bool read = ringfence::carryOut({data, size}, sink);
  return read && sink.sum == 1 ? 0 : 0;
}
