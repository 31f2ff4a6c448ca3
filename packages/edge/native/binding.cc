/**
 * UDP sockets on the event loop of JavaScript, no thread of their own. Declared in src/io/native-udp.ts. The loop says that something is there;
 * the gate looks at it; what is left goes to JavaScript by one call for a batch. And TCP sockets before they listen.
 */
#include <uv.h>

#include <cmath>
#include <memory>

#include "datagram-socket.h"
#include "gate-handle.h"
#include "peer-name.h"
#include "stream-socket.h"

namespace ringfence {

namespace {

/** What the callback is told: datagrams noted, room to send again, or the number of an error. */
enum class Event : std::uint8_t { kDatagrams, kWritable, kError };

/** System calls in one turn of the loop: a flood must leave time for timers and connections. It is for JavaScript to say who is read next. */
constexpr int kCallsATurn = 16;
constexpr std::size_t kMostATurn = kCallsATurn * edge::kBatch;
constexpr double kNanosecondsAMillisecond = 1e6;
/** Milliseconds: datagrams that come so soon after others are some of many. */
constexpr std::uint64_t kDense = 10;
/** Many are read together, at moments so far apart that all sockets have in common: to wake for each alone costs more than it brings. */
constexpr std::uint64_t kTogether = 4;

struct Socket {
  explicit Socket(Octets memory) : socket(memory) {}

  edge::DatagramSocket socket;
  /** Runs until the next moment at which is read, whether something is there or not. */
  uv_timer_t rest{};
  bool resting = false;
  /** Waits until there is room to send. */
  bool full = false;
  /** When something was there last, by the clock of the loop. */
  std::uint64_t readAt = 0;
  /** That have to be closed before it is gone. */
  int handles = 2;
  gate::Handle* gate = nullptr;
  /** Milliseconds of the loop's clock when JavaScript's was at 0. */
  double origin = 0;
  uv_poll_t poll{};
  napi_env env = nullptr;
  /** An array of the memory, the gate and the callback. */
  napi_ref held = nullptr;
  napi_async_context context = nullptr;
  napi_async_cleanup_hook_handle hook = nullptr;
  bool closing = false;
};

double clockNow() { return static_cast<double>(uv_hrtime()) / kNanosecondsAMillisecond; }

void tell(Socket& it, Event event, double value) {
  napi_handle_scope scope = nullptr;
  if (napi_open_handle_scope(it.env, &scope) != napi_ok) return;
  napi_value held = nullptr;
  napi_value callback = nullptr;
  (void)napi_get_reference_value(it.env, it.held, &held);
  (void)napi_get_element(it.env, held, 2, &callback);
  const std::array<napi_value, 2> said = {js::make(it.env, static_cast<double>(event)), js::make(it.env, value)};
  if (napi_make_callback(it.env, it.context, held, callback, said.size(), said.data(), nullptr) ==
      napi_pending_exception) {
    napi_value error = nullptr;
    if (napi_get_and_clear_last_exception(it.env, &error) == napi_ok) (void)napi_fatal_exception(it.env, error);
  }
  (void)napi_close_handle_scope(it.env, scope);
}

/** How many datagrams the kernel gave. */
std::size_t receive(Socket& it) {
  gate::Gate* gate = it.gate == nullptr ? nullptr : &it.gate->gate;
  std::size_t taken = 0;
  for (int call = 0; call < kCallsATurn && !it.closing; call++) {
    const edge::Batch batch = it.socket.receive(gate, std::floor(clockNow() - it.origin));
    taken += batch.taken;
    if (batch.noted > 0) tell(it, Event::kDatagrams, static_cast<double>(batch.noted));
    if (batch.error != 0) tell(it, Event::kError, batch.error);
    if (batch.taken < edge::kBatch) break;
  }
  if (taken > 0) it.readAt = uv_now(it.poll.loop);
  return taken;
}

void onReady(uv_poll_t* poll, int status, int events);

void watch(Socket& it) {
  const int events = (it.resting ? 0 : UV_READABLE) | (it.full ? UV_WRITABLE : 0);
  (void)(events == 0 ? uv_poll_stop(&it.poll) : uv_poll_start(&it.poll, events, onReady));
}

std::uint64_t untilNextMoment(const Socket& it) { return kTogether - uv_now(it.poll.loop) % kTogether; }

void onMoment(uv_timer_t* timer) {
  auto& it = *static_cast<Socket*>(timer->data);
  const std::size_t taken = receive(it);
  if (it.closing) return;
  it.resting = taken > 0;
  if (!it.resting) return watch(it);
  (void)uv_timer_start(&it.rest, onMoment, taken == kMostATurn ? 0 : untilNextMoment(it), 0);
}

/** One that comes alone is read at once. */
void readOrRest(Socket& it) {
  if (uv_now(it.poll.loop) - it.readAt >= kDense) return (void)receive(it);
  it.resting = true;
  watch(it);
  (void)uv_timer_start(&it.rest, onMoment, untilNextMoment(it), 0);
}

void onReady(uv_poll_t* poll, int status, int events) {
  auto& it = *static_cast<Socket*>(poll->data);
  if (status < 0) return tell(it, Event::kError, -status);
  if ((events & UV_WRITABLE) != 0) {
    it.full = false;
    watch(it);
    tell(it, Event::kWritable, 0);
  }
  if ((events & UV_READABLE) != 0 && !it.closing) readOrRest(it);
}

void onClosed(uv_handle_t* handle) {
  auto* socket = static_cast<Socket*>(handle->data);
  if (--socket->handles > 0) return;
  const std::unique_ptr<Socket> it(socket);
  (void)napi_delete_reference(it->env, it->held);
  (void)napi_async_destroy(it->env, it->context);
  (void)napi_remove_async_cleanup_hook(it->hook);
}

/** The loop lets go of the socket before it is closed, and of what it holds afterwards: this may be said in the callback. */
void close(Socket& it) {
  if (it.closing) return;
  it.closing = true;
  (void)uv_poll_stop(&it.poll);
  it.socket.close();
  uv_close(reinterpret_cast<uv_handle_t*>(&it.poll), onClosed);
  uv_close(reinterpret_cast<uv_handle_t*>(&it.rest), onClosed);
}

/** The environment ends, and nobody said close. */
void onEnvironmentEnd(napi_async_cleanup_hook_handle /*hook*/, void* raw) { close(*static_cast<Socket*>(raw)); }

napi_ref hold(napi_env env, napi_value memory, napi_value gate, napi_value callback) {
  napi_value held = nullptr;
  napi_ref reference = nullptr;
  (void)napi_create_array_with_length(env, 3, &held);
  (void)napi_set_element(env, held, 0, memory);
  (void)napi_set_element(env, held, 1, gate);
  (void)napi_set_element(env, held, 2, callback);
  (void)napi_create_reference(env, held, 1, &reference);
  return reference;
}

/** open(address, port, receiveBuffer, memory, gate | undefined, now, ownMark, onEvent): a socket, or the number of the error. */
napi_value open(napi_env env, napi_callback_info info) {
  const auto [address, port, buffer, memory, gate, now, mark, callback] = js::arguments<8>(env, info);
  auto it = std::make_unique<Socket>(js::memory(env, memory));
  const auto room = static_cast<int>(js::unsigned32(env, buffer));
  const auto number = static_cast<std::uint16_t>(js::unsigned32(env, port));
  const int error = it->socket.bind(js::text(env, address), number, room);
  if (error != 0) return js::make(env, static_cast<double>(error));
  uv_loop_t* loop = nullptr;
  (void)napi_get_uv_event_loop(env, &loop);
  const int status = uv_poll_init(loop, &it->poll, it->socket.descriptor());
  if (status != 0) return js::make(env, static_cast<double>(-status));
  it->socket.pass(View{js::octets(env, mark)});
  it->env = env;
  it->gate = js::held<gate::Handle>(env, gate);
  it->origin = clockNow() - js::number(env, now).value_or(0);
  it->held = hold(env, memory, gate, callback);
  (void)uv_timer_init(loop, &it->rest);
  it->rest.data = it.get();
  it->poll.data = it.get();
  (void)napi_async_init(env, nullptr, js::make(env, "datagrams"), &it->context);
  (void)napi_add_async_cleanup_hook(env, onEnvironmentEnd, it.get(), &it->hook);
  watch(*it);
  napi_value external = nullptr;
  (void)napi_create_external(env, it.release(), nullptr, nullptr, &external);
  return external;
}

/** flush(socket, octets): the octets of the outbox that are gone. Of less than all, the callback says when there is room again. */
napi_value flush(napi_env env, napi_callback_info info) {
  const auto [external, octets] = js::arguments<2>(env, info);
  auto* it = js::held<Socket>(env, external);
  if (it == nullptr) return js::undefined(env);
  const edge::Flushed flushed = it->socket.flush(js::unsigned32(env, octets));
  if (flushed.full && !it->full) {
    it->full = true;
    watch(*it);
  }
  return js::make(env, static_cast<double>(flushed.octets));
}

/** throttle(socket, flows, keep): octets of a line `ADDRESS PORT` for each flow. 0, or the number of the error. */
napi_value throttle(napi_env env, napi_callback_info info) {
  const auto [external, flows, keep] = js::arguments<3>(env, info);
  const auto* it = js::held<Socket>(env, external);
  if (it == nullptr || it->closing) return js::undefined(env);
  const View lines{js::octets(env, flows)};
  const auto peers = edge::peersOf({reinterpret_cast<const char*>(lines.data()), lines.size()});
  return js::make(env, static_cast<double>(it->socket.throttle(peers, js::number(env, keep).value_or(1))));
}

/** close(socket): the last that may be said to it. */
napi_value closeSocket(napi_env env, napi_callback_info info) {
  const auto [external] = js::arguments<1>(env, info);
  auto* it = js::held<Socket>(env, external);
  if (it != nullptr) close(*it);
  return js::undefined(env);
}

/** bindStream(address, port, receiveBuffer): the descriptor, whose owner the caller is; or the number of the error, negative. */
napi_value bindStream(napi_env env, napi_callback_info info) {
  const auto [address, port, buffer] = js::arguments<3>(env, info);
  const auto number = static_cast<std::uint16_t>(js::unsigned32(env, port));
  const auto room = static_cast<int>(js::unsigned32(env, buffer));
  const edge::BoundStream bound = edge::bindStream(js::text(env, address), number, room);
  return js::make(env, static_cast<double>(bound.error == 0 ? bound.descriptor : -bound.error));
}

}  // namespace

napi_value datagramsExports(napi_env env) {
  const napi_value exports = js::makeObject(env);
  js::setFunction(env, exports, "open", open);
  js::setFunction(env, exports, "flush", flush);
  js::setFunction(env, exports, "throttle", throttle);
  js::setFunction(env, exports, "close", closeSocket);
  js::setFunction(env, exports, "bindStream", bindStream);
  return exports;
}

}  // namespace ringfence
