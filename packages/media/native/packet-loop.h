/** What a packet thread does: waits for sockets, moves their packets, carries out commands, reports. */
#ifndef RINGFENCE_PACKET_LOOP_H
#define RINGFENCE_PACKET_LOOP_H

#include <sys/epoll.h>

#include "datagram-batch.h"
#include "pace.h"
#include "pair-table.h"

namespace ringfence {

/** Sockets served in one turn; the others come in the next. */
inline constexpr int kSocketsATurn = 64;

/** An epoll that hears of `wakeUp`; negative when there is none. */
[[nodiscard]] int openPoll(int wakeUp);

class PacketLoop final : Listener {
 public:
  PacketLoop(int poll, int wakeUp, std::uint32_t maskSeed);

  /**
   * Waits for packets and moves them. True: somebody woke us, there are commands.
   * `backlog`: octets of events that JavaScript has not collected.
   */
  [[nodiscard]] bool turn(std::size_t backlog);
  void carryOut(View commands);
  [[nodiscard]] EventLog& events() { return state_.events; }
  [[nodiscard]] bool alive() const { return alive_ && !table_.halted(); }

 private:
  int listen(Lane& lane) override;
  void forget(const Lane& lane) override;
  /** How many sockets are ready, once one is or a report is due. */
  int await();
  void drain(Lane& lane);
  void reportWhenDue();

  const int poll_;
  const int wakeUp_;
  bool alive_ = true;
  RelayState state_;
  PairTable table_;
  Millis nextReport_;
  Pace pace_;
  std::array<epoll_event, kSocketsATurn> ready_;
  std::array<std::uint8_t, kPacketRoom> room_{};
  DatagramBatch batch_;
};

}  // namespace ringfence

#endif
