/** DTLS for JavaScript. The shapes are declared in src/dtls/native-dtls.ts. Arguments come from our own code; a wrong one gives undefined. */
#define NAPI_VERSION 9
#include <node_api.h>

#include "dtls.h"

namespace ringfence {

namespace {

/** Two of the longest key and salt there are, AES-256-GCM's: a shorter profile takes the front of them (RFC 5764 §4.2). */
constexpr std::size_t kLongestKeys = 2 * (32 + 12);

napi_value undefined(napi_env env) {
  napi_value value = nullptr;
  (void)napi_get_undefined(env, &value);
  return value;
}

template <std::size_t Count>
std::array<napi_value, Count> arguments(napi_env env, napi_callback_info info) {
  std::array<napi_value, Count> values{};
  std::size_t count = Count;
  (void)napi_get_cb_info(env, info, &count, values.data(), nullptr, nullptr);
  return values;
}

template <typename Held>
Held* held(napi_env env, napi_value value) {
  void* pointer = nullptr;
  return napi_get_value_external(env, value, &pointer) == napi_ok ? static_cast<Held*>(pointer) : nullptr;
}

template <typename Held>
napi_value hold(napi_env env, std::unique_ptr<Held> object) {
  napi_value external = nullptr;
  const auto forget = [](napi_env, void* pointer, void*) { delete static_cast<Held*>(pointer); };
  if (!object || napi_create_external(env, object.get(), forget, nullptr, &external) != napi_ok) return undefined(env);
  (void)object.release();
  return external;
}

View octetsOf(napi_env env, napi_value value) {
  void* data = nullptr;
  std::size_t length = 0;
  napi_typedarray_type type = napi_uint8_array;
  if (napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr) != napi_ok ||
      type != napi_uint8_array || data == nullptr) {
    return {};
  }
  return {static_cast<const std::uint8_t*>(data), length};
}

std::string textOf(napi_env env, napi_value value) {
  std::array<char, 256> text{};
  std::size_t length = 0;
  if (napi_get_value_string_latin1(env, value, text.data(), text.size(), &length) != napi_ok) return {};
  return {text.data(), length};
}

napi_value bufferOf(napi_env env, View octets) {
  napi_value buffer = nullptr;
  const napi_status made = napi_create_buffer_copy(env, octets.size(), octets.data(), nullptr, &buffer);
  return made == napi_ok ? buffer : undefined(env);
}

void append(napi_env env, napi_value array, napi_value value) {
  std::uint32_t length = 0;
  if (napi_get_array_length(env, array, &length) == napi_ok) (void)napi_set_element(env, array, length, value);
}

napi_value numberOf(napi_env env, std::uint32_t number) {
  napi_value value = nullptr;
  return napi_create_uint32(env, number, &value) == napi_ok ? value : undefined(env);
}

/** [state, failure, whether an answer is awaited, datagram, ...] */
napi_value stepOf(napi_env env, DtlsAssociation& association) {
  napi_value step = nullptr;
  if (napi_create_array(env, &step) != napi_ok) return undefined(env);
  append(env, step, numberOf(env, static_cast<std::uint32_t>(association.state())));
  append(env, step, numberOf(env, static_cast<std::uint32_t>(association.failure())));
  append(env, step, numberOf(env, association.awaitsAnswer() ? 1 : 0));
  for (const Datagram& datagram : association.takeOut()) append(env, step, bufferOf(env, datagram));
  return step;
}

using IdentityHandle = std::shared_ptr<const DtlsIdentity>;

/** createIdentity(): a new key and certificate, or undefined. */
napi_value createIdentity(napi_env env, napi_callback_info /*info*/) {
  IdentityHandle identity = DtlsIdentity::make();
  return identity ? hold(env, std::make_unique<IdentityHandle>(std::move(identity))) : undefined(env);
}

/** certificate(identity): DER. */
napi_value certificate(napi_env env, napi_callback_info info) {
  const auto [external] = arguments<1>(env, info);
  const auto* identity = held<IdentityHandle>(env, external);
  return identity == nullptr ? undefined(env) : bufferOf(env, (*identity)->certificate());
}

/** open(identity, active, profiles, [hash, value, hash, value, ...]) */
napi_value open(napi_env env, napi_callback_info info) {
  const auto [external, active, profiles, fingerprints] = arguments<4>(env, info);
  const auto* identity = held<IdentityHandle>(env, external);
  std::uint32_t count = 0;
  DtlsTerms terms;
  if (identity == nullptr || napi_get_value_bool(env, active, &terms.active) != napi_ok ||
      napi_get_array_length(env, fingerprints, &count) != napi_ok) {
    return undefined(env);
  }
  terms.profiles = textOf(env, profiles);
  for (std::uint32_t index = 0; index + 1 < count; index += 2) {
    napi_value hash = nullptr;
    napi_value value = nullptr;
    if (napi_get_element(env, fingerprints, index, &hash) != napi_ok ||
        napi_get_element(env, fingerprints, index + 1, &value) != napi_ok) {
      return undefined(env);
    }
    const View octets = octetsOf(env, value);
    terms.fingerprints.push_back({textOf(env, hash), Datagram(octets.begin(), octets.end())});
  }
  return hold(env, DtlsAssociation::open(*identity, std::move(terms)));
}

template <void (DtlsAssociation::*Act)()>
napi_value act(napi_env env, napi_callback_info info) {
  const auto [external] = arguments<1>(env, info);
  auto* association = held<DtlsAssociation>(env, external);
  if (association == nullptr) return undefined(env);
  (association->*Act)();
  return stepOf(env, *association);
}

/** receive(association, datagram) */
napi_value receive(napi_env env, napi_callback_info info) {
  const auto [external, datagram] = arguments<2>(env, info);
  auto* association = held<DtlsAssociation>(env, external);
  if (association == nullptr) return undefined(env);
  association->receive(octetsOf(env, datagram));
  return stepOf(env, *association);
}

/** keys(association): [number of the profile, octets], or undefined before the end of the handshake. */
napi_value keys(napi_env env, napi_callback_info info) {
  const auto [external] = arguments<1>(env, info);
  const auto* association = held<DtlsAssociation>(env, external);
  std::array<std::uint8_t, kLongestKeys> octets{};
  napi_value result = nullptr;
  if (association == nullptr || !association->exportKeys(octets) || napi_create_array(env, &result) != napi_ok) {
    return undefined(env);
  }
  append(env, result, numberOf(env, static_cast<std::uint32_t>(association->profile())));
  append(env, result, bufferOf(env, octets));
  OPENSSL_cleanse(octets.data(), octets.size());
  return result;
}

}  // namespace

napi_value dtlsExports(napi_env env) {
  napi_value exports = nullptr;
  const auto function = [](const char* name, napi_callback call) {
    return napi_property_descriptor{name, nullptr, call, nullptr, nullptr, nullptr, napi_enumerable, nullptr};
  };
  const std::array<napi_property_descriptor, 8> functions = {
      function("createIdentity", createIdentity),
      function("certificate", certificate),
      function("open", open),
      function("begin", act<&DtlsAssociation::begin>),
      function("receive", receive),
      function("retransmit", act<&DtlsAssociation::retransmit>),
      function("close", act<&DtlsAssociation::close>),
      function("keys", keys),
  };
  if (napi_create_object(env, &exports) != napi_ok) return nullptr;
  return napi_define_properties(env, exports, functions.size(), functions.data()) == napi_ok ? exports : nullptr;
}

}  // namespace ringfence
