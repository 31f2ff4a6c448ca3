/** The pure rules of the packet path for tests that run them beside their twins in TypeScript (src/engine/native-twins.test.ts). */
#ifndef RINGFENCE_TWINS_H
#define RINGFENCE_TWINS_H

#include "js-values.h"

namespace ringfence {

napi_value twins(napi_env env);

}  // namespace ringfence

#endif
