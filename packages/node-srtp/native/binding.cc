/**
 * The SRTP contexts for JavaScript, as src/native.ts declares them: `protector` and `unprotector` make a context and give a handle, the other
 * functions take the handle first. Only src/native.ts calls this; arguments of the wrong kind give undefined and nothing else.
 */
#define NAPI_VERSION 9
#include <node_api.h>

#include <string>

#include "srtp.h"

namespace ringfence {
namespace {

/** One of the two. The garbage collector frees it. */
struct Handle {
  std::unique_ptr<srtp::Protector> protector;
  std::unique_ptr<srtp::Unprotector> unprotector;
};

constexpr std::size_t kMostArguments = 4;
using Arguments = std::array<napi_value, kMostArguments>;

/** Missing arguments are undefined. */
Arguments argumentsOf(napi_env env, napi_callback_info info) {
  Arguments arguments{};
  std::size_t count = arguments.size();
  napi_get_cb_info(env, info, &count, arguments.data(), nullptr, nullptr);
  return arguments;
}

napi_value number(napi_env env, double value) {
  napi_value result = nullptr;
  napi_create_double(env, value, &result);
  return result;
}

double numberOf(napi_env env, napi_value value) {
  double number = -1;
  napi_get_value_double(env, value, &number);
  return number;
}

/** A whole number from 0 on that a double holds exactly; -1 for anything else. */
std::int64_t wholeOf(napi_env env, napi_value value) {
  constexpr double most = 9'007'199'254'740'991;
  const double number = numberOf(env, value);
  return number >= 0 && number <= most ? static_cast<std::int64_t>(number) : -1;
}

napi_value field(napi_env env, napi_value object, const char* name) {
  napi_value value = nullptr;
  napi_get_named_property(env, object, name, &value);
  return value;
}

void set(napi_env env, napi_value object, const char* name, napi_value value) {
  napi_set_named_property(env, object, name, value);
}

Octets octetsOf(napi_env env, napi_value value) {
  void* data = nullptr;
  std::size_t length = 0;
  bool typed = false;
  napi_typedarray_type type = napi_int8_array;
  if (napi_is_typedarray(env, value, &typed) != napi_ok || !typed) return {};
  if (napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr) != napi_ok) return {};
  if (type != napi_uint8_array || data == nullptr) return {};
  return {static_cast<std::uint8_t*>(data), length};
}

std::uint32_t lengthOf(napi_env env, napi_value array) {
  std::uint32_t length = 0;
  napi_get_array_length(env, array, &length);
  return length;
}

template <typename Each>
void eachOf(napi_env env, napi_value array, Each each) {
  const std::uint32_t length = lengthOf(env, array);
  for (std::uint32_t at = 0; at < length; at++) {
    napi_value element = nullptr;
    if (napi_get_element(env, array, at, &element) == napi_ok) each(element);
  }
}

template <typename Item, typename Make>
napi_value arrayOf(napi_env env, const std::vector<Item>& items, Make make) {
  napi_value array = nullptr;
  napi_create_array_with_length(env, items.size(), &array);
  for (std::uint32_t at = 0; at < items.size(); at++) napi_set_element(env, array, at, make(items[at]));
  return array;
}

std::vector<srtp::SourceIndex> sourcesOf(napi_env env, napi_value array) {
  std::vector<srtp::SourceIndex> sources;
  eachOf(env, array, [&](napi_value source) {
    sources.push_back({static_cast<std::uint32_t>(wholeOf(env, field(env, source, "ssrc"))),
                       wholeOf(env, field(env, source, "index"))});
  });
  return sources;
}

srtp::Snapshot snapshotOf(napi_env env, napi_value value) {
  srtp::Snapshot snapshot{sourcesOf(env, field(env, value, "rtp")), sourcesOf(env, field(env, value, "rtcp")), {}};
  eachOf(env, field(env, value, "used"), [&](napi_value used) {
    snapshot.used.push_back({static_cast<std::uint64_t>(wholeOf(env, field(env, used, "rtp"))),
                             static_cast<std::uint64_t>(wholeOf(env, field(env, used, "rtcp")))});
  });
  return snapshot;
}

/** (suite name, [{ keyAndSalt, mki, lifetime }], snapshot or undefined) */
struct Request {
  std::optional<srtp::Suite> suite;
  std::vector<srtp::MasterKey> keys;
  std::optional<srtp::Snapshot> resume;
};

Request requestOf(napi_env env, const Arguments& arguments) {
  Request request;
  std::array<char, 64> name{};
  std::size_t length = 0;
  napi_get_value_string_latin1(env, arguments[0], name.data(), name.size(), &length);
  request.suite = srtp::suiteNamed({name.data(), length});
  eachOf(env, arguments[1], [&](napi_value key) {
    request.keys.push_back(
        {.keyAndSalt = octetsOf(env, field(env, key, "keyAndSalt")),
         .mki = octetsOf(env, field(env, key, "mki")),
         .lifetime = static_cast<std::uint64_t>(std::max<std::int64_t>(0, wholeOf(env, field(env, key, "lifetime"))))});
  });
  napi_valuetype type = napi_undefined;
  if (napi_typeof(env, arguments[2], &type) == napi_ok && type == napi_object) {
    request.resume = snapshotOf(env, arguments[2]);
  }
  return request;
}

napi_value handleFor(napi_env env, Handle made) {
  if (made.protector == nullptr && made.unprotector == nullptr) return nullptr;
  auto handle = std::make_unique<Handle>(std::move(made));
  const auto free = [](napi_env, void* data, void*) { delete static_cast<Handle*>(data); };
  napi_value external = nullptr;
  if (napi_create_external(env, handle.get(), free, nullptr, &external) != napi_ok) return nullptr;
  (void)handle.release();
  return external;
}

napi_value makeProtector(napi_env env, napi_callback_info info) {
  const Request request = requestOf(env, argumentsOf(env, info));
  if (!request.suite.has_value() || request.keys.size() != 1) return nullptr;
  const srtp::Snapshot* resume = request.resume.has_value() ? &*request.resume : nullptr;
  return handleFor(env, {srtp::Protector::create(*request.suite, request.keys[0], resume), nullptr});
}

napi_value makeUnprotector(napi_env env, napi_callback_info info) {
  const Request request = requestOf(env, argumentsOf(env, info));
  if (!request.suite.has_value()) return nullptr;
  const srtp::Snapshot* resume = request.resume.has_value() ? &*request.resume : nullptr;
  return handleFor(env, {nullptr, srtp::Unprotector::create(*request.suite, request.keys, resume)});
}

Handle* handleOf(napi_env env, napi_value value) {
  void* data = nullptr;
  return napi_get_value_external(env, value, &data) == napi_ok ? static_cast<Handle*>(data) : nullptr;
}

/** (handle, packet, length): the result of the transform. A length that is not a number from 0 on is none. */
template <typename Work>
napi_value transform(napi_env env, napi_callback_info info, Work work) {
  const Arguments arguments = argumentsOf(env, info);
  Handle* const handle = handleOf(env, arguments[0]);
  const double length = numberOf(env, arguments[2]);
  if (handle == nullptr || !(length >= 0 && length <= 0xffff'ffff)) return number(env, srtp::result::kTooShort);
  return number(env, work(*handle, octetsOf(env, arguments[1]), static_cast<std::size_t>(length)));
}

napi_value rtp(napi_env env, napi_callback_info info) {
  return transform(env, info, [](Handle& handle, Octets packet, std::size_t length) {
    return handle.protector != nullptr ? handle.protector->rtp(packet, length)
                                       : handle.unprotector->rtp(packet, length);
  });
}

napi_value rtcp(napi_env env, napi_callback_info info) {
  return transform(env, info, [](Handle& handle, Octets packet, std::size_t length) {
    return handle.protector != nullptr ? handle.protector->rtcp(packet, length)
                                       : handle.unprotector->rtcp(packet, length);
  });
}

napi_value exhausted(napi_env env, napi_callback_info info) {
  const Handle* const handle = handleOf(env, argumentsOf(env, info)[0]);
  napi_value answer = nullptr;
  napi_get_boolean(env, handle != nullptr && handle->protector != nullptr && handle->protector->exhausted(), &answer);
  return answer;
}

napi_value snapshot(napi_env env, napi_callback_info info) {
  const Handle* const handle = handleOf(env, argumentsOf(env, info)[0]);
  if (handle == nullptr) return nullptr;
  const srtp::Snapshot state =
      handle->protector != nullptr ? handle->protector->snapshot() : handle->unprotector->snapshot();
  const auto object = [env](const char* first, double one, const char* second, double other) {
    napi_value made = nullptr;
    napi_create_object(env, &made);
    set(env, made, first, number(env, one));
    set(env, made, second, number(env, other));
    return made;
  };
  const auto source = [&](const srtp::SourceIndex& at) {
    return object("ssrc", at.ssrc, "index", static_cast<double>(at.index));
  };
  const auto used = [&](const srtp::PacketsUsed& packets) {
    return object("rtp", static_cast<double>(packets.rtp), "rtcp", static_cast<double>(packets.rtcp));
  };
  napi_value whole = nullptr;
  napi_create_object(env, &whole);
  set(env, whole, "rtp", arrayOf(env, state.rtp, source));
  set(env, whole, "rtcp", arrayOf(env, state.rtcp, source));
  set(env, whole, "used", arrayOf(env, state.used, used));
  return whole;
}

}  // namespace

napi_value srtpExports(napi_env env) {
  napi_value exports = nullptr;
  if (napi_create_object(env, &exports) != napi_ok) return nullptr;
  const auto function = [](const char* name, napi_callback callback) {
    return napi_property_descriptor{name, nullptr, callback, nullptr, nullptr, nullptr, napi_enumerable, nullptr};
  };
  const napi_property_descriptor functions[] = {
      function("protector", makeProtector),
      function("unprotector", makeUnprotector),
      function("rtp", rtp),
      function("rtcp", rtcp),
      function("exhausted", exhausted),
      function("snapshot", snapshot),
  };
  return napi_define_properties(env, exports, std::size(functions), functions) == napi_ok ? exports : nullptr;
}

}  // namespace ringfence
