// The connection of one phone: UDP, TCP or TLS, with as little room in front of it as a phone has.
#pragma once
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

[[noreturn]] inline void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

struct Target {
  std::string transport;
  std::string address;
  uint16_t port = 0;
};

inline sockaddr_in placeOf(const std::string& address, uint16_t port) {
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(port);
  inet_pton(AF_INET, address.c_str(), &place.sin_addr);
  return place;
}

struct SslEnd {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

class Wire {
 public:
  Wire(const Target& to, const std::string& own) : datagrams_(to.transport == "udp") {
    descriptor_ = ::socket(AF_INET, datagrams_ ? SOCK_DGRAM : SOCK_STREAM, 0);
    const int receive = 4 << 20;
    const int send = 16 << 10;
    const int on = 1;
    if (datagrams_ && setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUFFORCE, &receive, sizeof receive) != 0)
      setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &receive, sizeof receive);
    if (!datagrams_) setsockopt(descriptor_, SOL_SOCKET, SO_SNDBUF, &send, sizeof send);
    const sockaddr_in local = placeOf(own, 0);
    if (bind(descriptor_, reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0) fail(own.c_str());
    const sockaddr_in peer = placeOf(to.address, to.port);
    if (connect(descriptor_, reinterpret_cast<const sockaddr*>(&peer), sizeof peer) != 0) fail("connect");
    if (!datagrams_) setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (to.transport == "tls") shakeHands();
    fcntl(descriptor_, F_SETFL, O_NONBLOCK);
  }
  ~Wire() { close(descriptor_); }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] bool reliable() const { return !datagrams_; }

  [[nodiscard]] uint16_t port() const {
    sockaddr_in own{};
    socklen_t length = sizeof own;
    getsockname(descriptor_, reinterpret_cast<sockaddr*>(&own), &length);
    return ntohs(own.sin_port);
  }

  /// False: the connection takes nothing now. `insists`: it is said all the same, as soon as there is room.
  bool send(std::string_view text, bool insists) {
    if (datagrams_) return ::send(descriptor_, text.data(), text.size(), 0) >= 0;
    flush();
    if (!waiting_.empty() && !insists) return false;
    waiting_.append(text);
    flush();
    return true;
  }

  /// What waits for room.
  void flush() {
    while (!waiting_.empty()) {
      const long written = write(waiting_);
      if (written <= 0) return;
      waiting_.erase(0, static_cast<size_t>(written));
    }
  }

  [[nodiscard]] bool stuck() const { return !waiting_.empty(); }

  /// Each message that has come, whole.
  template <typename Heard>
  void receive(Heard heard) {
    static std::array<char, 65'536> room;
    for (;;) {
      const long count = read(room.data(), room.size());
      if (count <= 0) return;
      if (datagrams_) {
        heard(std::string_view(room.data(), static_cast<size_t>(count)));
        continue;
      }
      rest_.append(room.data(), static_cast<size_t>(count));
      cut(heard);
    }
  }

 private:
  void shakeHands() {
    static SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    ssl_.reset(SSL_new(context));
    SSL_set_fd(ssl_.get(), descriptor_);
    if (SSL_connect(ssl_.get()) != 1) fail("TLS");
  }

  long write(std::string_view text) {
    if (ssl_ == nullptr) return ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
    return SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
  }

  /// Nothing at all: there is no more now. A connection that was closed is none that can be measured.
  long read(char* room, size_t size) {
    const long count = ssl_ == nullptr ? recv(descriptor_, room, size, 0) : SSL_read(ssl_.get(), room, static_cast<int>(size));
    const bool closed = ssl_ == nullptr ? count == 0 && !datagrams_ : SSL_get_shutdown(ssl_.get()) != 0;
    if (closed) fail("a connection was closed");
    return count;
  }

  template <typename Heard>
  void cut(Heard heard) {
    size_t at = 0;
    for (;;) {
      const size_t end = rest_.find("\r\n\r\n", at);
      if (end == std::string::npos) break;
      const size_t length = rest_.find("Content-Length:", at);
      const size_t body = length < end ? std::strtoul(rest_.c_str() + length + 15, nullptr, 10) : 0;
      if (rest_.size() < end + 4 + body) break;
      heard(std::string_view(rest_).substr(at, end + 4 + body - at));
      at = end + 4 + body;
    }
    rest_.erase(0, at);
  }

  bool datagrams_;
  int descriptor_ = -1;
  std::unique_ptr<SSL, SslEnd> ssl_;
  std::string waiting_;
  std::string rest_;
};
