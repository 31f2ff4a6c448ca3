/** Between a source and what the kernel or JavaScript calls it. */
#ifndef RINGFENCE_GATE_SOURCE_H
#define RINGFENCE_GATE_SOURCE_H

#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>
#include <string_view>

#include "source-key.h"

namespace ringfence::gate {

/** Nothing for a family that is not the internet's. */
[[nodiscard]] std::optional<Source> sourceOf(const sockaddr_storage& from);

/** `192.0.2.1`, `2001:db8::1`, `fe80::1%eth0`; nothing for any other text. */
[[nodiscard]] std::optional<Source> parseSource(std::string_view text);

}  // namespace ringfence::gate

#endif
