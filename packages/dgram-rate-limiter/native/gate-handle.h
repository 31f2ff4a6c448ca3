/** A gate as JavaScript holds it, with the memory that it works on. */
#ifndef RINGFENCE_GATE_HANDLE_H
#define RINGFENCE_GATE_HANDLE_H

#include "gate.h"
#include "js-values.h"

namespace ringfence::gate {

struct Handle {
  Gate gate;
  /** An array of the ArrayBuffers, so that they stay as long as this. */
  napi_ref memory = nullptr;
};

}  // namespace ringfence::gate

#endif
