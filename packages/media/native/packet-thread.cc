#include "packet-thread.h"

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "packet-loop.h"
#include "processors.h"

namespace ringfence {

std::shared_ptr<PacketThread> PacketThread::start(const ThreadOptions& options, std::unique_ptr<Doorbell> doorbell) {
  std::shared_ptr<PacketThread> made(new PacketThread(options, std::move(doorbell)));
  if (!made->prepare()) return nullptr;
  pthread_t handle;
  // The thread holds its object for as long as it runs, also when it was left behind.
  auto* held = new std::shared_ptr<PacketThread>(made);
  const auto body = [](void* raw) -> void* {
    const std::unique_ptr<std::shared_ptr<PacketThread>> self(static_cast<std::shared_ptr<PacketThread>*>(raw));
    (*self)->run();
    return nullptr;
  };
  made->ended_ = false;
  if (pthread_create(&handle, nullptr, body, held) != 0) {
    made->ended_ = true;
    delete held;
    return nullptr;
  }
  (void)pthread_detach(handle);
  return made;
}

PacketThread::PacketThread(const ThreadOptions& options, std::unique_ptr<Doorbell> doorbell)
    : options_(options), doorbell_(std::move(doorbell)) {}

PacketThread::~PacketThread() {
  for (const int descriptor : {wakeUp_, poll_}) {
    if (descriptor >= 0) (void)::close(descriptor);
  }
}

bool PacketThread::prepare() {
  wakeUp_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  poll_ = openPoll(wakeUp_);
  return wakeUp_ >= 0 && poll_ >= 0;
}

void PacketThread::submit(View commands) {
  {
    const std::scoped_lock lock(inboxLock_);
    inbox_.insert(inbox_.end(), commands.begin(), commands.end());
  }
  wake();
}

void PacketThread::collect(EventLog& into) {
  const std::scoped_lock lock(outboxLock_);
  rung_ = false;
  backlog_ = 0;
  into.swap(outbox_);
  outbox_.clear();
}

void PacketThread::stop(std::chrono::milliseconds patience) {
  stopping_ = true;
  wake();
  std::unique_lock lock(endLock_);
  (void)endSignal_.wait_for(lock, patience, [this] { return ended_; });
  const std::scoped_lock silence(outboxLock_);
  doorbell_.reset();
}

void PacketThread::run() {
  (void)pthread_setname_np(pthread_self(), "media-packets");
  if (options_.processor.has_value()) stayOn(*options_.processor);
  nice_ = goFirst();
  {
    PacketLoop loop(poll_, wakeUp_, options_.maskSeed);
    SecretOctets commands;
    while (!stopping_ && loop.alive()) {
      beats_.fetch_add(1, std::memory_order_relaxed);
      if (loop.turn(backlog_.load(std::memory_order_relaxed))) {
        {
          const std::scoped_lock lock(inboxLock_);
          commands.swap(inbox_);
        }
        loop.carryOut(commands);
        wipe(commands);
        commands.clear();
      }
      publish(loop.events());
    }
  }
  if (!stopping_) {
    EventLog last;
    last.ended("the packet thread ended");
    publish(last);
  }
  const std::scoped_lock lock(endLock_);
  ended_ = true;
  endSignal_.notify_all();
}

void PacketThread::publish(EventLog& events) {
  if (events.empty()) return;
  const std::scoped_lock lock(outboxLock_);
  outbox_.append(events);
  events.clear();
  backlog_ = outbox_.size();
  if (rung_ || doorbell_ == nullptr) return;
  rung_ = true;
  doorbell_->ring();
}

void PacketThread::wake() const {
  const std::uint64_t one = 1;
  (void)!::write(wakeUp_, &one, sizeof(one));
}

}  // namespace ringfence
