/** One association. The order is security: certificate, fingerprint, proof of the key, profile, and only then are there keys to export. */
#include "dtls.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/srtp.h>
#include <openssl/x509.h>

#include <algorithm>

/**
 * OpenSSL sends a flight again when its own clock says so, and we have none here. The function behind its timer is exported by the
 * runtime, though no header declares it. Weak: where it is missing there is no DTLS, and nothing else is lost (see DtlsAssociation::open).
 */
extern "C" int dtls1_retransmit_buffered_messages(SSL* ssl) __attribute__((weak));

namespace ringfence {

namespace {

/** UDP payload that every path takes (RFC 8831 §5 and what browsers use), so that a flight needs no IP fragments. */
constexpr long kMtu = 1'200;
/** In microseconds, 71 minutes: OpenSSL's own timer never fires in a handshake that is given seconds. */
constexpr unsigned int kNever = 0xffff'ffff;
constexpr std::string_view kLabel = "EXTRACTOR-dtls_srtp";

unsigned int neverFires(SSL* /*ssl*/, unsigned int /*before*/) { return kNever; }

}  // namespace

DtlsAssociation::DtlsAssociation(std::shared_ptr<const DtlsIdentity> identity, DtlsTerms terms)
    : identity_(std::move(identity)), terms_(std::move(terms)) {}

std::unique_ptr<DtlsAssociation> DtlsAssociation::open(std::shared_ptr<const DtlsIdentity> identity, DtlsTerms terms) {
  if (dtls1_retransmit_buffered_messages == nullptr || !identity || terms.fingerprints.empty()) return nullptr;
  std::unique_ptr<DtlsAssociation> association(new DtlsAssociation(std::move(identity), std::move(terms)));
  return association->prepare() ? std::move(association) : nullptr;
}

bool DtlsAssociation::prepare() {
  ssl_.reset(SSL_new(identity_->context()));
  BIO* wire = ssl_ ? BIO_new(identity_->wireMethod()) : nullptr;
  if (wire == nullptr) return false;
  BIO_set_data(wire, &wire_);
  BIO_set_init(wire, 1);
  SSL* ssl = ssl_.get();
  SSL_set_bio(ssl, wire, wire);
  SSL_set_app_data(ssl, this);
  SSL_set_mtu(ssl, kMtu);
  DTLS_set_timer_cb(ssl, neverFires);
  if (terms_.active) {
    SSL_set_connect_state(ssl);
  } else {
    SSL_set_accept_state(ssl);
  }
  // This one function of OpenSSL says 0 for success.
  return SSL_set_tlsext_use_srtp(ssl, terms_.profiles.c_str()) == 0;
}

void DtlsAssociation::begin() {
  if (state_ == DtlsState::kHandshaking && terms_.active) handshake();
}

void DtlsAssociation::receive(View datagram) {
  wire_.in = datagram;
  if (state_ == DtlsState::kHandshaking) handshake();
  if (state_ == DtlsState::kEstablished) readOn();
  // It points into the caller's memory.
  wire_.in = {};
}

void DtlsAssociation::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    if (SSL_get_selected_srtp_profile(ssl_.get()) == nullptr) {
      fail(DtlsFailure::kProfile);
    } else {
      state_ = DtlsState::kEstablished;
    }
    return;
  }
  if (SSL_get_error(ssl_.get(), result) != SSL_ERROR_WANT_READ) fail(DtlsFailure::kHandshake);
}

/** Flights of the peer that come again, alerts and close_notify. Application data has no place here and is thrown away. */
void DtlsAssociation::readOn() {
  std::array<std::uint8_t, 2'048> waste{};
  ERR_clear_error();
  int result = 1;
  while (result > 0) result = SSL_read(ssl_.get(), waste.data(), static_cast<int>(waste.size()));
  if (SSL_get_error(ssl_.get(), result) != SSL_ERROR_WANT_READ) state_ = DtlsState::kClosed;
  ERR_clear_error();
}

void DtlsAssociation::retransmit() {
  if (!awaitsAnswer()) return;
  ERR_clear_error();
  if (dtls1_retransmit_buffered_messages(ssl_.get()) <= 0) fail(DtlsFailure::kHandshake);
  (void)BIO_flush(SSL_get_wbio(ssl_.get()));
}

void DtlsAssociation::close() {
  if (state_ == DtlsState::kEstablished) SSL_shutdown(ssl_.get());
  ERR_clear_error();
  if (state_ != DtlsState::kFailed) state_ = DtlsState::kClosed;
}

bool DtlsAssociation::awaitsAnswer() const {
  timeval left{};
  return state_ == DtlsState::kHandshaking && DTLSv1_get_timeout(ssl_.get(), &left) == 1;
}

std::vector<Datagram> DtlsAssociation::takeOut() {
  std::vector<Datagram> out;
  out.swap(wire_.out);
  return out;
}

unsigned long DtlsAssociation::profile() const {
  const SRTP_PROTECTION_PROFILE* chosen =
      state_ == DtlsState::kEstablished ? SSL_get_selected_srtp_profile(ssl_.get()) : nullptr;
  return chosen == nullptr ? 0 : chosen->id;
}

bool DtlsAssociation::exportKeys(Octets into) const {
  return state_ == DtlsState::kEstablished &&
         SSL_export_keying_material(ssl_.get(), into.data(), into.size(), kLabel.data(), kLabel.size(), nullptr, 0,
                                    0) == 1;
}

/** A failure that was named before, such as a fingerprint, stays the reason. */
void DtlsAssociation::fail(DtlsFailure why) {
  state_ = DtlsState::kFailed;
  if (failure_ == DtlsFailure::kNone) failure_ = why;
  ERR_clear_error();
}

int verifyDtlsPeer(X509_STORE_CTX* store, void* /*unused*/) {
  const auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* association = ssl == nullptr ? nullptr : static_cast<DtlsAssociation*>(SSL_get_app_data(ssl));
  X509* certificate = X509_STORE_CTX_get0_cert(store);
  if (association != nullptr && certificate != nullptr && association->accepts(certificate)) return 1;
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
  return 0;
}

bool DtlsAssociation::accepts(X509* certificate) {
  const auto names = [certificate](const Fingerprint& wanted) {
    const EVP_MD* hash = EVP_get_digestbyname(wanted.hash.c_str());
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    return hash != nullptr && X509_digest(certificate, hash, digest.data(), &size) == 1 &&
           size == wanted.value.size() && CRYPTO_memcmp(digest.data(), wanted.value.data(), size) == 0;
  };
  const bool named = std::any_of(terms_.fingerprints.begin(), terms_.fingerprints.end(), names);
  if (!named) failure_ = DtlsFailure::kFingerprint;
  return named;
}

}  // namespace ringfence
