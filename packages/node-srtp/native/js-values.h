/** Between JavaScript's values and ours. A value of the wrong kind becomes 0 or nothing: our own TypeScript calls, and a test would see. */
#ifndef RINGFENCE_JS_VALUES_H
#define RINGFENCE_JS_VALUES_H

#define NAPI_VERSION 9
#include <node_api.h>

#include <array>
#include <optional>
#include <string>

#include "bytes.h"

namespace ringfence::js {

/** The arguments of a call; `undefined` behind the last. */
template <std::size_t Count>
std::array<napi_value, Count> arguments(napi_env env, napi_callback_info info) {
  std::array<napi_value, Count> values{};
  std::size_t count = Count;
  (void)napi_get_cb_info(env, info, &count, values.data(), nullptr, nullptr);
  return values;
}

inline std::optional<double> number(napi_env env, napi_value value) {
  double result = 0;
  if (napi_get_value_double(env, value, &result) != napi_ok) return std::nullopt;
  return result;
}

/** Of a whole number that fits; anything else is 0. */
inline std::uint32_t unsigned32(napi_env env, napi_value value) {
  std::uint32_t result = 0;
  (void)napi_get_value_uint32(env, value, &result);
  return result;
}

/** The memory of a Buffer: valid while the call lasts. */
inline Octets octets(napi_env env, napi_value value) {
  void* data = nullptr;
  std::size_t length = 0;
  if (napi_get_buffer_info(env, value, &data, &length) != napi_ok || data == nullptr) return {};
  return {static_cast<std::uint8_t*>(data), length};
}

/** The memory of an ArrayBuffer: valid while somebody holds it. */
inline Octets memory(napi_env env, napi_value value) {
  void* data = nullptr;
  std::size_t length = 0;
  if (napi_get_arraybuffer_info(env, value, &data, &length) != napi_ok || data == nullptr) return {};
  return {static_cast<std::uint8_t*>(data), length};
}

/** The numbers of a Uint32Array: valid while the call lasts. */
inline std::span<const std::uint32_t> words(napi_env env, napi_value value) {
  napi_typedarray_type type = napi_int8_array;
  std::size_t count = 0;
  void* data = nullptr;
  const napi_status status = napi_get_typedarray_info(env, value, &type, &count, &data, nullptr, nullptr);
  if (status != napi_ok || type != napi_uint32_array || data == nullptr) return {};
  return {static_cast<const std::uint32_t*>(data), count};
}

inline std::string text(napi_env env, napi_value value) {
  std::array<char, 64> room{};
  std::size_t length = 0;
  if (napi_get_value_string_latin1(env, value, room.data(), room.size(), &length) != napi_ok) return {};
  return {room.data(), length};
}

inline napi_value make(napi_env env, double number) {
  napi_value value = nullptr;
  (void)napi_create_double(env, number, &value);
  return value;
}

inline napi_value make(napi_env env, std::string_view text) {
  napi_value value = nullptr;
  (void)napi_create_string_latin1(env, text.data(), text.size(), &value);
  return value;
}

inline napi_value makeObject(napi_env env) {
  napi_value value = nullptr;
  (void)napi_create_object(env, &value);
  return value;
}

inline napi_value undefined(napi_env env) {
  napi_value value = nullptr;
  (void)napi_get_undefined(env, &value);
  return value;
}

inline void set(napi_env env, napi_value object, const char* name, napi_value value) {
  (void)napi_set_named_property(env, object, name, value);
}

inline void setFunction(napi_env env, napi_value object, const char* name, napi_callback body) {
  napi_value function = nullptr;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, body, nullptr, &function) == napi_ok) {
    set(env, object, name, function);
  }
}

/** What an external of ours holds; null for any other value. */
template <typename T>
T* held(napi_env env, napi_value external) {
  void* data = nullptr;
  return napi_get_value_external(env, external, &data) == napi_ok ? static_cast<T*>(data) : nullptr;
}

}  // namespace ringfence::js

#endif
