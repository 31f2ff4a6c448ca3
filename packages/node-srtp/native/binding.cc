/** The SRTP contexts for JavaScript. */
#define NAPI_VERSION 9
#include <node_api.h>

#include "bytes.h"

namespace ringfence {

napi_value srtp_exports(napi_env env) {
  napi_value exports = nullptr;
  return napi_create_object(env, &exports) == napi_ok ? exports : nullptr;
}

}  // namespace ringfence
