/**
 * The front door of the addon: one object for each package that has native code, made by a function in that package's binding.cc.
 * Loaded once in each thread that asks for it, so nothing here or behind it may live in a global.
 */
#define NAPI_VERSION 9
#include <node_api.h>

namespace ringfence {

/** packages/node-srtp/native/binding.cc */
napi_value srtpExports(napi_env env);
/** packages/media/native/binding.cc */
napi_value mediaExports(napi_env env);
/** packages/media/native/dtls-binding.cc */
napi_value dtlsExports(napi_env env);
/** packages/dgram-rate-limiter/native/binding.cc */
napi_value gateExports(napi_env env);
/** packages/edge/native/binding.cc */
napi_value datagramsExports(napi_env env);
/** packages/appliance/native/binding.cc */
napi_value applianceExports(napi_env env);

}  // namespace ringfence

NAPI_MODULE_INIT() {
  const napi_property_descriptor parts[] = {
      {"srtp", nullptr, nullptr, nullptr, nullptr, ringfence::srtpExports(env), napi_enumerable, nullptr},
      {"media", nullptr, nullptr, nullptr, nullptr, ringfence::mediaExports(env), napi_enumerable, nullptr},
      {"dtls", nullptr, nullptr, nullptr, nullptr, ringfence::dtlsExports(env), napi_enumerable, nullptr},
      {"gate", nullptr, nullptr, nullptr, nullptr, ringfence::gateExports(env), napi_enumerable, nullptr},
      {"datagrams", nullptr, nullptr, nullptr, nullptr, ringfence::datagramsExports(env), napi_enumerable, nullptr},
      {"appliance", nullptr, nullptr, nullptr, nullptr, ringfence::applianceExports(env), napi_enumerable, nullptr},
  };
  if (napi_define_properties(env, exports, sizeof(parts) / sizeof(parts[0]), parts) != napi_ok) return nullptr;
  return exports;
}
