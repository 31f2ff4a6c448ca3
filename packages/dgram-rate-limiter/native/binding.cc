/** The gate for JavaScript: opened over memory of its own making. Its shape is declared in src/native-gate.ts. */
#include <arpa/inet.h>

#include <memory>

#include "gate-handle.h"
#include "gate-source.h"

namespace ringfence {

namespace {

void onForgotten(napi_env env, void* raw, void* /*hint*/) {
  const std::unique_ptr<gate::Handle> handle(static_cast<gate::Handle*>(raw));
  if (handle->memory != nullptr) (void)napi_delete_reference(env, handle->memory);
}

std::span<double> numbers(Octets memory) {
  return {reinterpret_cast<double*>(memory.data()), memory.size() / sizeof(double)};
}

/** open(table, networks, registers): a gate, or undefined when these do not belong together. */
napi_value open(napi_env env, napi_callback_info info) {
  const auto memory = js::arguments<3>(env, info);
  auto handle = std::make_unique<gate::Handle>();
  const Octets table = js::memory(env, memory[0]);
  const Octets networks = js::memory(env, memory[1]);
  if (!handle->gate.use(table, networks, numbers(js::memory(env, memory[2])))) return js::undefined(env);
  napi_value held = nullptr;
  (void)napi_create_array_with_length(env, memory.size(), &held);
  for (std::uint32_t at = 0; at < memory.size(); at++) (void)napi_set_element(env, held, at, memory[at]);
  if (napi_create_reference(env, held, 1, &handle->memory) != napi_ok) return js::undefined(env);
  napi_value external = nullptr;
  if (napi_create_external(env, handle.get(), onForgotten, nullptr, &external) != napi_ok) return js::undefined(env);
  (void)handle.release();
  return external;
}

/** exempt(gate, v4, v6), deny(gate, v4, v6): ranges of addresses. */
template <gate::AddressRanges gate::Gate::*Which>
napi_value use(napi_env env, napi_callback_info info) {
  const auto [external, v4, v6] = js::arguments<3>(env, info);
  auto* handle = js::held<gate::Handle>(env, external);
  if (handle != nullptr) (handle->gate.*Which).use(js::words(env, v4), js::words(env, v6));
  return js::undefined(env);
}

gate::Verdict judge(gate::Gate& asked, double now, const std::string& address, std::uint32_t size, double first) {
  const std::optional<gate::Source> source = gate::parseSource(address);
  if (!source.has_value()) return gate::Verdict::kNoAddress;
  const bool isOctet = first >= 0 && first <= 255;
  // What is no octet begins nothing.
  const auto octet = isOctet ? static_cast<std::uint8_t>(first) : std::uint8_t{0};
  return asked.admit(now, {.source = *source, .size = size, .firstOctet = octet});
}

/** admit(gate, now, address, size, firstOctet): a verdict. */
napi_value admit(napi_env env, napi_callback_info info) {
  const auto [external, now, address, size, first] = js::arguments<5>(env, info);
  auto* handle = js::held<gate::Handle>(env, external);
  if (handle == nullptr) return js::undefined(env);
  const gate::Verdict verdict = judge(handle->gate, js::number(env, now).value_or(0), js::text(env, address),
                                      js::unsigned32(env, size), js::number(env, first).value_or(-1));
  return js::make(env, static_cast<double>(verdict));
}

}  // namespace

napi_value gateExports(napi_env env) {
  const napi_value exports = js::makeObject(env);
  js::setFunction(env, exports, "open", open);
  js::setFunction(env, exports, "exempt", use<&gate::Gate::exempt>);
  js::setFunction(env, exports, "deny", use<&gate::Gate::denied>);
  js::setFunction(env, exports, "admit", admit);
  return exports;
}

}  // namespace ringfence
