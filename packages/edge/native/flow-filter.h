/** A program for the kernel (classic BPF, socket(7) SO_ATTACH_FILTER): of flows that send more than is read it lets a share through. */
#ifndef RINGFENCE_FLOW_FILTER_H
#define RINGFENCE_FLOW_FILTER_H

#include <linux/filter.h>
#include <sys/socket.h>

#include <span>
#include <vector>

namespace ringfence::edge {

/** More are not looked for: each datagram of everybody is held against all of them. */
constexpr std::size_t kMostFlows = 128;

/**
 * Asked are datagrams of these flows, by address and port, that would begin something and are no call: REGISTER, REFER, OPTIONS, MESSAGE,
 * SUBSCRIBE, PUBLISH. Whatever else they send, and what anybody else sends, passes. It needs no right: a socket may refuse what it likes.
 * @param keep 0 to 1: the share that passes, by lot
 */
[[nodiscard]] std::vector<sock_filter> flowFilter(std::span<const sockaddr_storage> flows, double keep);

}  // namespace ringfence::edge

#endif
