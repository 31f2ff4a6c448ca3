#include "classify.h"
#include "pair.h"
#include "rtcp-mask.h"
#include "twins.h"

namespace ringfence {

namespace {

/** A drop reason's place in the list, -1 for none. */
napi_value place(napi_env env, Drop drop) {
  return js::make(env, drop == Drop::kNone ? -1.0 : static_cast<double>(drop));
}

template <Drop (*Classify)(View)>
napi_value classify(napi_env env, napi_callback_info info) {
  const auto [packet] = js::arguments<1>(env, info);
  return place(env, Classify(js::octets(env, packet)));
}

template <bool (*Fits)(View)>
napi_value fits(napi_env env, napi_callback_info info) {
  const auto [packet] = js::arguments<1>(env, info);
  return js::make(env, Fits(js::octets(env, packet)) ? 1.0 : 0.0);
}

/** filterRtcp(packet, feedback, reducedSize, seed): the length of what may cross, -1 for a packet that contradicts itself */
napi_value filter(napi_env env, napi_callback_info info) {
  const auto [packet, feedback, reducedSize, seed] = js::arguments<4>(env, info);
  const RtcpRules rules{.feedback = js::unsigned32(env, feedback) != 0,
                        .reducedSize = js::unsigned32(env, reducedSize) != 0};
  const auto length = filterRtcp(js::octets(env, packet), rules, js::unsigned32(env, seed));
  return js::make(env, length.has_value() ? static_cast<double>(*length) : -1.0);
}

/** mask(packet, seed) */
napi_value mask(napi_env env, napi_callback_info info) {
  const auto [packet, seed] = js::arguments<2>(env, info);
  maskSourceDescriptions(js::octets(env, packet), js::unsigned32(env, seed));
  return js::undefined(env);
}

/** Keeps the rules of the one `configure` in a batch. */
class RulesOf final : public CommandSink {
 public:
  void configure(PairId /*pair*/, const PairConfig& config) override { rules = rtpRules(config.latch); }
  void open(const OpenCommand& /*command*/) override {}
  void join(PairId /*left*/, PairId /*right*/) override {}
  void select(const SelectCommand& /*command*/) override {}
  void send(const SendCommand& /*command*/) override {}
  void press(const PressCommand& /*command*/) override {}
  void close(PairId /*pair*/) override {}
  void halt() override {}

  SocketRules rules;
};

Endpoint endpointFrom(napi_env env, napi_value address, napi_value port) {
  return {.address = parseAddress(js::text(env, address)).value_or(Address{}),
          .port = static_cast<std::uint16_t>(js::unsigned32(env, port))};
}

Millis time(napi_env env, napi_value now) { return js::number(env, now).value_or(0); }

void forget(napi_env /*env*/, void* latch, void* /*hint*/) { delete static_cast<Latch*>(latch); }

napi_value latch(napi_env env, napi_callback_info /*info*/) {
  napi_value external = nullptr;
  (void)napi_create_external(env, new Latch, forget, nullptr, &external);
  return external;
}

/** latchConfigure(latch, command, now): a `configure` command in octets. */
napi_value latchConfigure(napi_env env, napi_callback_info info) {
  const auto [external, command, now] = js::arguments<3>(env, info);
  RulesOf sink;
  const bool read = carryOut(js::octets(env, command), sink);
  auto* subject = js::held<Latch>(env, external);
  if (subject != nullptr && read) subject->configure(sink.rules, time(env, now));
  return js::undefined(env);
}

/** latchNarrow(latch, address, ssrc, now) */
napi_value latchNarrow(napi_env env, napi_callback_info info) {
  const auto [external, address, ssrc, now] = js::arguments<4>(env, info);
  auto* subject = js::held<Latch>(env, external);
  const auto parsed = parseAddress(js::text(env, address));
  if (subject != nullptr && parsed.has_value()) subject->narrow(*parsed, js::unsigned32(env, ssrc), time(env, now));
  return js::undefined(env);
}

/** latchPeek(latch, address, port, now): a verdict */
napi_value latchPeek(napi_env env, napi_callback_info info) {
  const auto [external, address, port, now] = js::arguments<4>(env, info);
  const auto* subject = js::held<Latch>(env, external);
  if (subject == nullptr) return js::undefined(env);
  return js::make(env, static_cast<double>(subject->peek(endpointFrom(env, address, port), time(env, now))));
}

/** latchAccept(latch, address, port, ssrc, payloadType, now): a verdict */
napi_value latchAccept(napi_env env, napi_callback_info info) {
  const auto [external, address, port, ssrc, type, now] = js::arguments<6>(env, info);
  auto* subject = js::held<Latch>(env, external);
  if (subject == nullptr) return js::undefined(env);
  const auto payloadType = static_cast<std::uint8_t>(js::unsigned32(env, type));
  const Verdict verdict =
      subject->accept(endpointFrom(env, address, port), js::unsigned32(env, ssrc), payloadType, time(env, now));
  return js::make(env, static_cast<double>(verdict));
}

/** latchTarget(latch): "address port" */
napi_value latchTarget(napi_env env, napi_callback_info info) {
  const auto [external] = js::arguments<1>(env, info);
  const auto* subject = js::held<Latch>(env, external);
  if (subject == nullptr) return js::undefined(env);
  AddressText room{};
  const std::string text(printAddress(subject->target().address, room));
  return js::make(env, text + " " + std::to_string(subject->target().port));
}

/** A reader and a writer of key presses that share nothing but what they were made with. */
struct Keys {
  explicit Keys(const KeyPresses& presses) : reader(presses), writer(presses) {}
  PressReader reader;
  PressWriter writer;
};

/** keys(type, clockRate) */
napi_value keys(napi_env env, napi_callback_info info) {
  const auto [type, clockRate] = js::arguments<2>(env, info);
  const KeyPresses presses{.type = static_cast<std::uint8_t>(js::unsigned32(env, type)),
                           .clockRate = js::unsigned32(env, clockRate),
                           .collect = true};
  if (presses.clockRate == 0) return js::undefined(env);
  const auto forgetKeys = [](napi_env, void* held, void*) { delete static_cast<Keys*>(held); };
  napi_value external = nullptr;
  (void)napi_create_external(env, new Keys(presses), forgetKeys, nullptr, &external);
  return external;
}

/** keysRead(keys, packet, now): 1 for an event; without a packet a press whose end was lost ends. */
napi_value keysRead(napi_env env, napi_callback_info info) {
  const auto [external, packet, now] = js::arguments<3>(env, info);
  auto* subject = js::held<Keys>(env, external);
  if (subject == nullptr) return js::undefined(env);
  const View octets = js::octets(env, packet);
  if (!octets.empty()) return js::make(env, subject->reader.isPress(octets, time(env, now)) ? 1.0 : 0.0);
  subject->reader.settle(time(env, now));
  return js::make(env, 0.0);
}

/** keysSaid(keys): "event duration", or undefined */
napi_value keysSaid(napi_env env, napi_callback_info info) {
  const auto [external] = js::arguments<1>(env, info);
  auto* subject = js::held<Keys>(env, external);
  const auto press = subject == nullptr ? std::nullopt : subject->reader.take();
  if (!press.has_value()) return js::undefined(env);
  return js::make(env, std::to_string(press->event) + " " + std::to_string(press->durationMs));
}

/** keysPress(keys, event, durationMs, now) */
napi_value keysPress(napi_env env, napi_callback_info info) {
  const auto [external, event, duration, now] = js::arguments<4>(env, info);
  auto* subject = js::held<Keys>(env, external);
  const Press press{.event = static_cast<std::uint8_t>(js::unsigned32(env, event)),
                    .durationMs = js::unsigned32(env, duration)};
  if (subject != nullptr) subject->writer.press(press, time(env, now));
  return js::undefined(env);
}

/** keysWrite(keys, packet, now): the octets to send; the packet is changed in place */
napi_value keysWrite(napi_env env, napi_callback_info info) {
  const auto [external, packet, now] = js::arguments<3>(env, info);
  auto* subject = js::held<Keys>(env, external);
  if (subject == nullptr) return js::undefined(env);
  return js::make(env, static_cast<double>(subject->writer.write(js::octets(env, packet), time(env, now))));
}

}  // namespace

napi_value twins(napi_env env) {
  const napi_value exports = js::makeObject(env);
  js::setFunction(env, exports, "classifyRtp", classify<classifyRtp>);
  js::setFunction(env, exports, "classifyRtcp", classify<classifyRtcp>);
  js::setFunction(env, exports, "rtpPaddingFits", fits<rtpPaddingFits>);
  js::setFunction(env, exports, "rtcpCompoundFits", fits<rtcpCompoundFits>);
  js::setFunction(env, exports, "isMuxedRtcp", fits<isMuxedRtcp>);
  js::setFunction(env, exports, "filterRtcp", filter);
  js::setFunction(env, exports, "mask", mask);
  js::setFunction(env, exports, "latch", latch);
  js::setFunction(env, exports, "latchConfigure", latchConfigure);
  js::setFunction(env, exports, "latchNarrow", latchNarrow);
  js::setFunction(env, exports, "latchPeek", latchPeek);
  js::setFunction(env, exports, "latchAccept", latchAccept);
  js::setFunction(env, exports, "latchTarget", latchTarget);
  js::setFunction(env, exports, "keys", keys);
  js::setFunction(env, exports, "keysRead", keysRead);
  js::setFunction(env, exports, "keysSaid", keysSaid);
  js::setFunction(env, exports, "keysPress", keysPress);
  js::setFunction(env, exports, "keysWrite", keysWrite);
  return exports;
}

}  // namespace ringfence
