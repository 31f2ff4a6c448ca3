/** What a packet thread gets of the processors: on which it runs, and how much of one that others want too. */
#ifndef RINGFENCE_PROCESSORS_H
#define RINGFENCE_PROCESSORS_H

#include <vector>

namespace ringfence {

/** Those that this process may use. */
[[nodiscard]] std::vector<int> processors();

/** The calling thread stays on that one, if it may use it. */
void stayOn(int processor);

/**
 * The calling thread goes before others of its machine: a packet is worth nothing later, and a thread that only moves packets asks for little
 * at a time. Where the system grants no priority (RLIMIT_NICE), only what it grants to all: to begin sooner and for shorter.
 * Returns its niceness from now on.
 */
int goFirst();

}  // namespace ringfence

#endif
