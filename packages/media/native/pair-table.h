/** The pairs of one thread: carries out commands, collects what there is to report. The twin of src/engine/packet-table.ts. */
#ifndef RINGFENCE_PAIR_TABLE_H
#define RINGFENCE_PAIR_TABLE_H

#include <memory>
#include <unordered_map>

#include "relay.h"

namespace ringfence {

/** Who is told which sockets to listen to. */
class Listener {
 public:
  /** 0, or the number of the error. */
  [[nodiscard]] virtual int listen(Lane& lane) = 0;
  /**
   * It is about to be closed. The kernel would forget it by itself, but not before a child that is just being started has closed its copy; a
   * packet until then would be reported for a lane that is gone.
   */
  virtual void forget(const Lane& lane) = 0;

 protected:
  ~Listener() = default;
};

class PairTable final : public CommandSink {
 public:
  PairTable(RelayState& state, Listener& listener) : state_(state), listener_(listener) {}

  void open(const OpenCommand& command) override;
  void join(PairId left, PairId right) override;
  void configure(PairId pair, const PairConfig& config) override;
  void select(const SelectCommand& command) override;
  void send(const SendCommand& command) override;
  void press(const PressCommand& command) override;
  void close(PairId pair) override;
  void halt() override { halted_ = true; }

  /** Until the next report. */
  [[nodiscard]] Millis reportMs() const;
  /** Everything since the last report, into the log of events; nothing when there is nothing. */
  void report();
  [[nodiscard]] bool halted() const { return halted_; }

 private:
  Pair* find(PairId pair);
  void add(std::unique_ptr<Pair> pair);
  void silence(const Pair& pair);
  void reportStreams();
  void reportLatched(Lane& lane);
  void reportSuspects(Pair& pair, Suspicion kind);
  void addActivity(Pair& pair);
  void addStream(Pair& pair);

  RelayState& state_;
  Listener& listener_;
  std::unordered_map<PairId, std::unique_ptr<Pair>> pairs_;
  /** What is in the next report; pairs that were closed since the last one still have to say something. */
  std::vector<Activity> activities_;
  std::vector<StreamReport> streams_;
  Millis streamsReported_ = 0;
  bool halted_ = false;
};

}  // namespace ringfence

#endif
