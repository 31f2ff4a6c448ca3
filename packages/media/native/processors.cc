#include "processors.h"

#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace ringfence {

namespace {
/** Nine times the weight of a thread that asks for nothing: signalling keeps a tenth of a processor that packets would fill. */
constexpr int kNice = -10;
/** Time of about fifty packets. A thread that asks for a shorter turn than the one that runs begins before it (Linux 6.12). */
constexpr std::uint64_t kTurnNs = 500'000;

/** sched_setattr(2), its first version; the C library has it since glibc 2.41. */
struct Attributes {
  std::uint32_t size = 0;
  std::uint32_t policy = 0;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime = 0;
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
};

/** Linux before 6.12 takes it and does nothing. */
void askForShortTurns() {
  Attributes attributes;
  if (::syscall(SYS_sched_getattr, 0, &attributes, sizeof(attributes), 0) != 0) return;
  attributes.size = sizeof(attributes);
  attributes.runtime = kTurnNs;
  (void)::syscall(SYS_sched_setattr, 0, &attributes, 0);
}
}  // namespace

std::vector<int> processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> found;
  if (::sched_getaffinity(0, sizeof(set), &set) != 0) return found;
  for (unsigned processor = 0; processor < CPU_SETSIZE; processor++) {
    if (CPU_ISSET(processor, &set)) found.push_back(static_cast<int>(processor));
  }
  return found;
}

void stayOn(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (processor < 0 || processor >= CPU_SETSIZE) return;
  CPU_SET(static_cast<unsigned>(processor), &set);
  // Taken from us since it was asked for: the thread runs where it may.
  (void)::pthread_setaffinity_np(::pthread_self(), sizeof(set), &set);
}

int goFirst() {
  // On Linux both speak of the calling thread, not of its process.
  if (::getpriority(PRIO_PROCESS, 0) > kNice) (void)::setpriority(PRIO_PROCESS, 0, kNice);
  askForShortTurns();
  // A rest of 30 µs (pace.h) shall not become 80.
  (void)::prctl(PR_SET_TIMERSLACK, 1);
  return ::getpriority(PRIO_PROCESS, 0);
}

}  // namespace ringfence
