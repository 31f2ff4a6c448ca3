/** The certificate and the rules that every association of a process run shares. */
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include <algorithm>

#include "dtls.h"

namespace ringfence {

namespace {

using KeyPointer = std::unique_ptr<EVP_PKEY, FreedBy<EVP_PKEY_free>>;
using CertificatePointer = std::unique_ptr<X509, FreedBy<X509_free>>;

constexpr long kDay = 24L * 60 * 60;
/** Nobody asks: it is known by its fingerprint. Long enough for a process that is never restarted. */
constexpr long kValidity = 10 * 365 * kDay;
/** A browser's is 300 octets; this is room for a chain of RSA certificates. */
constexpr long kMaxCertificates = 16L * 1024;
/** Forward secrecy and AEAD. RFC 8827 §6.5 asks for the first; the RSA ones are for phones with RSA certificates. */
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kGroups = "X25519:P-256:P-384";

int wireRead(BIO* bio, char* into, int room) {
  BIO_clear_retry_flags(bio);
  auto* wire = static_cast<DtlsWire*>(BIO_get_data(bio));
  if (wire == nullptr || room <= 0 || wire->in.empty()) {
    BIO_set_retry_read(bio);
    return -1;
  }
  // One datagram is one read: what does not fit is lost, as it is with a socket.
  const std::size_t count = std::min(wire->in.size(), static_cast<std::size_t>(room));
  std::memcpy(into, wire->in.data(), count);
  wire->in = {};
  return static_cast<int>(count);
}

int wireWrite(BIO* bio, const char* octets, int count) {
  BIO_clear_retry_flags(bio);
  auto* wire = static_cast<DtlsWire*>(BIO_get_data(bio));
  if (wire == nullptr || count <= 0) return -1;
  const auto* first = reinterpret_cast<const std::uint8_t*>(octets);
  wire->out.emplace_back(first, first + count);
  return count;
}

long wireControl(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  // Whether what was written may be sent; every other question (of sockets, of their MTU) has no answer here.
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

CertificatePointer certificateFor(EVP_PKEY* key) {
  CertificatePointer certificate(X509_new());
  if (!certificate) return nullptr;
  X509* x509 = certificate.get();
  X509_NAME* name = X509_get_subject_name(x509);
  std::array<unsigned char, 8> serial{};
  if (RAND_bytes(serial.data(), static_cast<int>(serial.size())) != 1) return nullptr;
  // Neither the product nor the machine: a name that says nothing.
  const std::array<unsigned char, 5> common = {'m', 'e', 'd', 'i', 'a'};
  serial[0] = static_cast<unsigned char>((serial[0] & 0x7f) | 0x40);
  ASN1_INTEGER* number = X509_get_serialNumber(x509);
  std::uint64_t value = 0;
  for (const unsigned char octet : serial) value = value << 8 | octet;
  const bool made = X509_set_version(x509, 2) == 1 && ASN1_INTEGER_set_uint64(number, value) == 1 &&
                    X509_gmtime_adj(X509_getm_notBefore(x509), -kDay) != nullptr &&
                    X509_gmtime_adj(X509_getm_notAfter(x509), kValidity) != nullptr &&
                    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common.data(), common.size(), -1, 0) == 1 &&
                    X509_set_issuer_name(x509, name) == 1 && X509_set_pubkey(x509, key) == 1 &&
                    X509_sign(x509, key, EVP_sha256()) > 0;
  return made ? std::move(certificate) : nullptr;
}

}  // namespace

std::shared_ptr<const DtlsIdentity> DtlsIdentity::make() {
  auto identity = std::make_shared<DtlsIdentity>();
  identity->context_.reset(SSL_CTX_new(DTLS_method()));
  identity->wire_.reset(BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "datagrams"));
  if (!identity->context_ || !identity->wire_) return nullptr;
  return identity->configure() && identity->certify() ? identity : nullptr;
}

bool DtlsIdentity::configure() {
  SSL_CTX* context = context_.get();
  BIO_METHOD* wire = wire_.get();
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_NO_QUERY_MTU | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_cert_list(context, kMaxCertificates);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, verifyDtlsPeer, nullptr);
  return BIO_meth_set_read(wire, wireRead) == 1 && BIO_meth_set_write(wire, wireWrite) == 1 &&
         BIO_meth_set_ctrl(wire, wireControl) == 1 && SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(context, DTLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(context, kCiphers) == 1 && SSL_CTX_set1_groups_list(context, kGroups) == 1;
}

bool DtlsIdentity::certify() {
  const KeyPointer key(EVP_EC_gen("P-256"));
  const CertificatePointer certificate = key ? certificateFor(key.get()) : nullptr;
  if (!certificate || SSL_CTX_use_certificate(context_.get(), certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context_.get(), key.get()) != 1) {
    return false;
  }
  const int size = i2d_X509(certificate.get(), nullptr);
  if (size <= 0) return false;
  certificate_.resize(static_cast<std::size_t>(size));
  unsigned char* into = certificate_.data();
  return i2d_X509(certificate.get(), &into) == size;
}

}  // namespace ringfence
