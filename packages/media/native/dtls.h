/**
 * DTLS 1.2 with use_srtp (RFC 5764, RFC 6347) on OpenSSL, without sockets and without a clock: datagrams go in, datagrams come out, and
 * who calls says when to send a flight again. src/dtls/handshake.ts decides when; what a peer is believed is decided here:
 *
 *   - It has to show a certificate whose fingerprint was signalled, and OpenSSL has it prove that it holds the key. Before that no key
 *     comes out, nor where no SRTP profile was agreed.
 *   - DTLS 1.2, forward secrecy, AEAD. No renegotiation, no session is resumed.
 */
#ifndef RINGFENCE_DTLS_H
#define RINGFENCE_DTLS_H

#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "../../node-srtp/native/bytes.h"

namespace ringfence {

using Datagram = std::vector<std::uint8_t>;

/** What OpenSSL reads from and writes to: one datagram in, a list of them out. */
struct DtlsWire {
  View in;
  std::vector<Datagram> out;
};

template <auto Free>
struct FreedBy {
  template <typename T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};

/** The certificate of a process run, and what all its associations have in common. */
class DtlsIdentity {
 public:
  /** Null when OpenSSL cannot do what is needed. */
  static std::shared_ptr<const DtlsIdentity> make();

  /** DER. */
  [[nodiscard]] View certificate() const { return certificate_; }
  [[nodiscard]] SSL_CTX* context() const { return context_.get(); }
  [[nodiscard]] const BIO_METHOD* wireMethod() const { return wire_.get(); }

 private:
  bool configure();
  bool certify();

  std::unique_ptr<SSL_CTX, FreedBy<SSL_CTX_free>> context_;
  std::unique_ptr<BIO_METHOD, FreedBy<BIO_meth_free>> wire_;
  Datagram certificate_;
};

enum class DtlsState : std::uint8_t { kHandshaking, kEstablished, kFailed, kClosed };
enum class DtlsFailure : std::uint8_t { kNone, kHandshake, kFingerprint, kProfile };

struct Fingerprint {
  /** As OpenSSL names it: "SHA256". */
  std::string hash;
  Datagram value;
};

struct DtlsTerms {
  bool active = false;
  /** As OpenSSL names them, best first, with colons between. */
  std::string profiles;
  std::vector<Fingerprint> fingerprints;
};

/** In place of a chain to some authority: the signalling has said which certificate it has to be (RFC 8122 §6.2). */
int verifyDtlsPeer(X509_STORE_CTX* store, void* unused);

class DtlsAssociation {
 public:
  /** Null when OpenSSL does not take the terms. */
  static std::unique_ptr<DtlsAssociation> open(std::shared_ptr<const DtlsIdentity> identity, DtlsTerms terms);
  DtlsAssociation(const DtlsAssociation&) = delete;
  DtlsAssociation& operator=(const DtlsAssociation&) = delete;

  /** The first flight, where we are the active side. */
  void begin();
  void receive(View datagram);
  /** The last flight once more. Nothing when none is unanswered. */
  void retransmit();
  /** Tells the peer that this is the end. */
  void close();

  [[nodiscard]] DtlsState state() const { return state_; }
  [[nodiscard]] DtlsFailure failure() const { return failure_; }
  /** A flight of ours is out that the peer has not answered. */
  [[nodiscard]] bool awaitsAnswer() const;
  [[nodiscard]] std::vector<Datagram> takeOut();
  /** Number of the SRTP profile (RFC 5764 §4.1.2, RFC 7714 §14.2); 0 before the end of the handshake. */
  [[nodiscard]] unsigned long profile() const;
  /** EXTRACTOR-dtlsSrtp (RFC 5764 §4.2), as many octets as are asked for. False before the end of the handshake. */
  [[nodiscard]] bool exportKeys(Octets into) const;
  /** For OpenSSL, in the middle of a handshake: whether the peer may go on with this certificate. */
  [[nodiscard]] bool accepts(X509* certificate);

 private:
  DtlsAssociation(std::shared_ptr<const DtlsIdentity> identity, DtlsTerms terms);
  bool prepare();
  void handshake();
  void readOn();
  void fail(DtlsFailure why);

  /** Held as long as an association is, since its context is. */
  std::shared_ptr<const DtlsIdentity> identity_;
  DtlsTerms terms_;
  DtlsWire wire_;
  std::unique_ptr<SSL, FreedBy<SSL_free>> ssl_;
  DtlsState state_ = DtlsState::kHandshaking;
  DtlsFailure failure_ = DtlsFailure::kNone;
};

}  // namespace ringfence

#endif
