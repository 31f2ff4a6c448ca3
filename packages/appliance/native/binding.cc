/** Declared in packages/appliance/src/io/supervisor.ts. */
#include "js-values.h"
#include "notify.h"

namespace ringfence {

namespace {

/** notify(path, message): both octets. 0, or the number of the error. */
napi_value notify(napi_env env, napi_callback_info info) {
  const auto [path, message] = js::arguments<2>(env, info);
  return js::make(env, static_cast<double>(appliance::notify(js::octets(env, path), js::octets(env, message))));
}

}  // namespace

napi_value applianceExports(napi_env env) {
  const napi_value exports = js::makeObject(env);
  js::setFunction(env, exports, "notify", notify);
  return exports;
}

}  // namespace ringfence
