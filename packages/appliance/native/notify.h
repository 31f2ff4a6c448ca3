/** A word to the program that supervises this process, as sd_notify(3) has it. */
#ifndef RINGFENCE_NOTIFY_H
#define RINGFENCE_NOTIFY_H

#include "bytes.h"

namespace ringfence::appliance {

/** One datagram to the unix socket at that path, without waiting. 0, or the number of the error that the system gave. */
[[nodiscard]] int notify(View path, View message);

}  // namespace ringfence::appliance

#endif
