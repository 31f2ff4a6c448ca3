/** Packet threads for JavaScript: start, submit, beats, stop. Their shape is declared in src/engine/native-addon.ts. */
#include "js-values.h"
#include "packet-thread.h"
#include "processors.h"
#include "twins.h"

namespace ringfence {

namespace {

/** A thread as JavaScript holds it. */
struct Handle {
  napi_threadsafe_function events = nullptr;
  std::shared_ptr<PacketThread> thread;
};

class EventDoorbell final : public Doorbell {
 public:
  explicit EventDoorbell(napi_threadsafe_function events) : events_(events) {}
  void ring() override { (void)napi_call_threadsafe_function(events_, nullptr, napi_tsfn_nonblocking); }

 private:
  napi_threadsafe_function events_;
};

/** On the JavaScript thread: one buffer with all events that wait. */
void deliver(napi_env env, napi_value callback, void* context, void* /*data*/) {
  const auto* handle = static_cast<const Handle*>(context);
  if (env == nullptr || handle->thread == nullptr) return;
  EventLog events;
  handle->thread->collect(events);
  if (events.empty()) return;
  napi_value buffer = nullptr;
  const View octets = events.octets();
  if (napi_create_buffer_copy(env, octets.size(), octets.data(), nullptr, &buffer) != napi_ok) return;
  (void)napi_call_function(env, js::undefined(env), callback, 1, &buffer, nullptr);
}

void end(Handle& handle, std::chrono::milliseconds patience) {
  if (handle.thread == nullptr) return;
  // First the thread, then what it rings: no packet thread may touch what is released here.
  handle.thread->stop(patience);
  handle.thread.reset();
  (void)napi_release_threadsafe_function(handle.events, napi_tsfn_abort);
}

constexpr std::chrono::milliseconds kPatience{2'000};

/** The environment ends, of a process or of a worker thread, and nobody said stop. */
void onEnvironmentEnd(void* raw) { end(*static_cast<Handle*>(raw), kPatience); }

void onForgotten(napi_env env, void* raw, void* /*hint*/) {
  auto* handle = static_cast<Handle*>(raw);
  (void)napi_remove_env_cleanup_hook(env, onEnvironmentEnd, handle);
  end(*handle, kPatience);
  delete handle;
}

/** startThread(processor | undefined, maskSeed, onEvents): the thread, or undefined when the system gives none. */
napi_value startThread(napi_env env, napi_callback_info info) {
  const auto [processor, seed, callback] = js::arguments<3>(env, info);
  auto handle = std::make_unique<Handle>();
  const napi_value name = js::make(env, "media events");
  if (napi_create_threadsafe_function(env, callback, nullptr, name, 0, 1, nullptr, nullptr, handle.get(), deliver,
                                      &handle->events) != napi_ok) {
    return js::undefined(env);
  }
  ThreadOptions options{.processor = std::nullopt, .maskSeed = js::unsigned32(env, seed)};
  if (js::number(env, processor).has_value()) options.processor = static_cast<int>(js::unsigned32(env, processor));
  handle->thread = PacketThread::start(options, std::make_unique<EventDoorbell>(handle->events));
  if (handle->thread == nullptr) {
    (void)napi_release_threadsafe_function(handle->events, napi_tsfn_abort);
    return js::undefined(env);
  }
  napi_value external = nullptr;
  if (napi_create_external(env, handle.get(), onForgotten, nullptr, &external) != napi_ok) {
    end(*handle, kPatience);
    return js::undefined(env);
  }
  // Hooks run in the reverse of their order: this one before the one that takes the function away.
  (void)napi_add_env_cleanup_hook(env, onEnvironmentEnd, handle.release());
  return external;
}

/** submit(thread, buffer, length): the commands in the first `length` octets. */
napi_value submit(napi_env env, napi_callback_info info) {
  const auto [external, buffer, length] = js::arguments<3>(env, info);
  const auto* handle = js::held<Handle>(env, external);
  if (handle == nullptr || handle->thread == nullptr) return js::undefined(env);
  handle->thread->submit(part(View{js::octets(env, buffer)}, 0, js::unsigned32(env, length)));
  return js::undefined(env);
}

/** beats(thread): a number that grows while the thread is not stuck. */
napi_value beats(napi_env env, napi_callback_info info) {
  const auto [external] = js::arguments<1>(env, info);
  const auto* handle = js::held<Handle>(env, external);
  const bool gone = handle == nullptr || handle->thread == nullptr;
  return js::make(env, gone ? 0.0 : static_cast<double>(handle->thread->beats()));
}

/** nice(thread): its niceness, 0 of one that is gone. */
napi_value nice(napi_env env, napi_callback_info info) {
  const auto [external] = js::arguments<1>(env, info);
  const auto* handle = js::held<Handle>(env, external);
  const bool gone = handle == nullptr || handle->thread == nullptr;
  return js::make(env, gone ? 0.0 : static_cast<double>(handle->thread->nice()));
}

/** processors(): the numbers of those that this process may use. */
napi_value usableProcessors(napi_env env, napi_callback_info /*info*/) {
  napi_value numbers = nullptr;
  (void)napi_create_array(env, &numbers);
  std::uint32_t place = 0;
  for (const int processor : processors()) {
    (void)napi_set_element(env, numbers, place++, js::make(env, static_cast<double>(processor)));
  }
  return numbers;
}

/** stop(thread, patience): closes its sockets, waiting at most `patience` ms for it; no event follows. */
napi_value stop(napi_env env, napi_callback_info info) {
  const auto [external, patience] = js::arguments<2>(env, info);
  auto* handle = js::held<Handle>(env, external);
  if (handle != nullptr) end(*handle, std::chrono::milliseconds(js::unsigned32(env, patience)));
  return js::undefined(env);
}

napi_value dropReasons(napi_env env) {
  napi_value names = nullptr;
  (void)napi_create_array(env, &names);
  for (std::uint32_t place = 0; place < kDropCount; place++) {
    (void)napi_set_element(env, names, place, js::make(env, kDropNames[place]));
  }
  return names;
}

}  // namespace

napi_value mediaExports(napi_env env) {
  const napi_value exports = js::makeObject(env);
  js::setFunction(env, exports, "startThread", startThread);
  js::setFunction(env, exports, "submit", submit);
  js::setFunction(env, exports, "beats", beats);
  js::setFunction(env, exports, "nice", nice);
  js::setFunction(env, exports, "processors", usableProcessors);
  js::setFunction(env, exports, "stop", stop);
  js::set(env, exports, "dropReasons", dropReasons(env));
  js::set(env, exports, "twins", twins(env));
  return exports;
}

}  // namespace ringfence
