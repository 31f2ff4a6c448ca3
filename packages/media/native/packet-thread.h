/**
 * A thread that owns sockets and moves their packets. It shares two boxes of octets with JavaScript, each behind a lock that is held for
 * the time of a copy: commands come in, events go out. Everything else belongs to the thread alone.
 */
#ifndef RINGFENCE_PACKET_THREAD_H
#define RINGFENCE_PACKET_THREAD_H

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "events.h"
#include "secret-octets.h"

namespace ringfence {

/** Told, on the packet thread, that events wait; once until they are collected. */
class Doorbell {
 public:
  virtual void ring() = 0;
  virtual ~Doorbell() = default;
};

struct ThreadOptions {
  /** The processor it stays on. */
  std::optional<int> processor;
  std::uint32_t maskSeed = 0;
};

class PacketThread : public std::enable_shared_from_this<PacketThread> {
 public:
  /** Nothing when the system gives no thread or no descriptors. */
  static std::shared_ptr<PacketThread> start(const ThreadOptions& options, std::unique_ptr<Doorbell> doorbell);

  ~PacketThread();
  PacketThread(const PacketThread&) = delete;
  PacketThread& operator=(const PacketThread&) = delete;

  void submit(View commands);
  /** Takes what waits. */
  void collect(EventLog& into);
  /** Grows while the thread lives and is not stuck: at least once a report. */
  [[nodiscard]] std::uint64_t beats() const { return beats_.load(std::memory_order_relaxed); }
  /** Its niceness; 0 before it has begun. */
  [[nodiscard]] int nice() const { return nice_.load(std::memory_order_relaxed); }

  /**
   * Closes all sockets and ends the thread, and the doorbell is silent from then on. A thread that is stuck does not end within
   * `patience`: it is left behind, and ends when it gets unstuck.
   */
  void stop(std::chrono::milliseconds patience);

 private:
  PacketThread(const ThreadOptions& options, std::unique_ptr<Doorbell> doorbell);

  bool prepare();
  void run();
  void publish(EventLog& events);
  void wake() const;

  const ThreadOptions options_;
  int wakeUp_ = -1;
  int poll_ = -1;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint64_t> beats_ = 0;
  std::atomic<int> nice_ = 0;

  std::mutex inboxLock_;
  SecretOctets inbox_;

  std::mutex outboxLock_;
  EventLog outbox_;
  bool rung_ = false;
  std::atomic<std::size_t> backlog_ = 0;
  std::unique_ptr<Doorbell> doorbell_;

  std::mutex endLock_;
  std::condition_variable endSignal_;
  bool ended_ = true;
};

}  // namespace ringfence

#endif
