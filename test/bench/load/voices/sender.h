// Writes the packets of one side and hands them to the kernel by the batch.
#pragma once
#include <cstring>

#include "side.h"
#include "srtp.h"

inline void put16(uint8_t* at, uint32_t value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}
inline void put32(uint8_t* at, uint32_t value) {
  put16(at, value >> 16);
  put16(at + 2, value);
}

/// SSRC is the stream's number, sequence number the round, both counted from 1: what came out tells what went in.
inline void writeVoice(uint8_t* packet, uint32_t stream, uint32_t round) {
  std::memset(packet, 0xd5, voice);
  packet[0] = 0x80;
  packet[1] = 0;
  put16(packet + 2, round + 1);
  put32(packet + 4, round * 160);
  put32(packet + 8, stream + 1);
}

/// Octets from their hexadecimal digits.
inline std::vector<uint8_t> octetsOf(const char* hex) {
  std::vector<uint8_t> octets;
  for (unsigned octet = 0; std::sscanf(hex, "%2x", &octet) == 1; hex += 2) octets.push_back(static_cast<uint8_t>(octet));
  return octets;
}

/// A stream of the phone's side under SRTP; null without a key.
inline std::unique_ptr<ringfence::srtp::Protector> sealFor(const char* hex) {
  if (hex == nullptr || *hex == 0) return nullptr;
  const auto key = octetsOf(hex);
  auto seal = ringfence::srtp::Protector::create(ringfence::srtp::Suite::kAesCm128HmacSha1_80, {.keyAndSalt = key});
  if (seal == nullptr) fail("a key of the wrong length");
  return seal;
}

class Sender {
 public:
  explicit Sender(Side& side) : side_(side) {
    for (int i = 0; i < batch; i++) {
      vectors_[i].iov_base = packets_[i].data();
      headers_[i].msg_hdr = {};
      headers_[i].msg_hdr.msg_iov = &vectors_[i];
      headers_[i].msg_hdr.msg_iovlen = 1;
      headers_[i].msg_hdr.msg_namelen = sizeof(sockaddr_in);
    }
  }

  void add(uint32_t stream, uint32_t round, ringfence::srtp::Protector* seal) {
    auto& packet = packets_[filled_];
    writeVoice(packet.data(), stream, round);
    const auto length = seal == nullptr ? static_cast<ringfence::srtp::Result>(voice) : seal->rtp(packet, voice);
    if (length < 0) fail("a packet could not be sealed");
    vectors_[filled_].iov_len = static_cast<size_t>(length);
    headers_[filled_].msg_hdr.msg_name = &side_.relay[stream];
    side_.sentAt[stream * 256 + (round + 1) % 256].store(now(), std::memory_order_relaxed);
    if (++filled_ == batch) flush();
  }

  void flush() {
    int done = 0;
    while (done < filled_) {
      const int sent = sendmmsg(side_.sockets.rtp, headers_.data() + done, static_cast<unsigned>(filled_ - done), 0);
      if (sent <= 0) {
        side_.refused++;
        done++;
        continue;
      }
      side_.sent += static_cast<uint64_t>(sent);
      done += sent;
    }
    filled_ = 0;
  }

 private:
  Side& side_;
  int filled_ = 0;
  std::array<std::array<uint8_t, most>, batch> packets_{};
  std::array<iovec, batch> vectors_{};
  std::array<mmsghdr, batch> headers_{};
};
