// Writes the packets of one side and hands them to the kernel by the batch.
#pragma once
#include <cstring>

#include "side.h"

struct Order {
  uint32_t streams;
  uint32_t perSlot;  // streams that send in each slot of 20 ms
  uint32_t slots;
  uint32_t warmUpSlots;
  uint32_t rounds;  // packets of one stream
  size_t sealedLength;
  std::vector<uint8_t> sealed;  // of the phone's side: stream by stream, round by round; empty: plain
};

inline Order orderFrom(char** argv) {
  const auto number = [argv](int place) { return static_cast<uint32_t>(std::strtoul(argv[place], nullptr, 10)); };
  Order order{number(1), number(2), number(3), number(4), 0, 0, {}};
  order.rounds = static_cast<uint32_t>((static_cast<uint64_t>(order.slots) * order.perSlot + order.streams - 1) / order.streams);
  if (argv[5] == nullptr) return order;
  FILE* file = std::fopen(argv[5], "rb");
  if (file == nullptr) fail(argv[5]);
  std::fseek(file, 0, SEEK_END);
  order.sealed.resize(static_cast<size_t>(std::ftell(file)));
  std::rewind(file);
  if (std::fread(order.sealed.data(), 1, order.sealed.size(), file) != order.sealed.size()) fail("sealed packets");
  std::fclose(file);
  order.sealedLength = order.sealed.size() / (static_cast<size_t>(order.streams) * order.rounds);
  if (order.sealedLength > most) fail("sealed packets are too long");
  return order;
}

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

class Sender {
 public:
  Sender(const Order& order, Side& side, bool seals) : order_(order), side_(side), sealed_(seals && !order.sealed.empty()) {
    for (int i = 0; i < batch; i++) {
      vectors_[i].iov_base = packets_[i].data();
      headers_[i].msg_hdr = {};
      headers_[i].msg_hdr.msg_iov = &vectors_[i];
      headers_[i].msg_hdr.msg_iovlen = 1;
      headers_[i].msg_hdr.msg_namelen = sizeof(sockaddr_in);
    }
  }

  void add(uint32_t stream, uint32_t round) {
    if (sealed_) {
      const size_t at = (static_cast<size_t>(stream) * order_.rounds + round) * order_.sealedLength;
      std::memcpy(packets_[filled_].data(), order_.sealed.data() + at, order_.sealedLength);
      vectors_[filled_].iov_len = order_.sealedLength;
    } else {
      writeVoice(packets_[filled_].data(), stream, round);
      vectors_[filled_].iov_len = voice;
    }
    headers_[filled_].msg_hdr.msg_name = &side_.relay[stream];
    side_.sentAt[stream * 256 + (round + 1) % 256].store(now(), std::memory_order_relaxed);
    if (++filled_ == batch) flush();
  }

  void flush() {
    int done = 0;
    while (done < filled_) {
      const int sent = sendmmsg(side_.socket, headers_.data() + done, static_cast<unsigned>(filled_ - done), 0);
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
  const Order& order_;
  Side& side_;
  bool sealed_;
  int filled_ = 0;
  std::array<std::array<uint8_t, most>, batch> packets_{};
  std::array<iovec, batch> vectors_{};
  std::array<mmsghdr, batch> headers_{};
};
