// What a phone of the crowd says, and what it understands of what it is told.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

inline const std::string domain = "bench.example.com";
constexpr std::string_view offer =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\nm=audio 39000 RTP/AVP 0\r\n";

/// Who speaks: its own place is in Via and Contact.
struct Speaker {
  std::string user;
  std::string transport;
  std::string place;
};

/// Of one request what is not the same in all.
struct Parts {
  std::string_view method;
  std::string target;
  std::string to;
  std::string id;
  uint64_t cseq = 0;
  std::string branch;
};

inline std::string upper(std::string text) {
  for (char& letter : text) letter = static_cast<char>(letter >= 'a' && letter <= 'z' ? letter - 32 : letter);
  return text;
}

inline std::string request(const Speaker& from, const Parts& it, std::string_view more, std::string_view body) {
  const std::string number = std::to_string(it.cseq);
  std::string text;
  text.reserve(800);
  text.append(it.method).append(" ").append(it.target).append(" SIP/2.0\r\nVia: SIP/2.0/");
  text.append(upper(from.transport)).append(" ").append(from.place).append(";branch=").append(it.branch);
  text.append(";rport\r\nMax-Forwards: 70\r\nFrom: <sip:").append(from.user).append("@").append(domain);
  text.append(">;tag=").append(it.id.substr(0, 12)).append("\r\nTo: ").append(it.to);
  text.append("\r\nCall-ID: ").append(it.id).append("\r\nCSeq: ").append(number).append(" ").append(it.method);
  text.append("\r\nContact: <sip:").append(from.user).append("@").append(from.place);
  text.append(";transport=").append(from.transport).append(">\r\n").append(more);
  text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  return text;
}

/// A request that opens no call, or an INVITE.
inline std::string asking(const Speaker& from, const std::string& method, uint64_t number, const std::string& branch) {
  const std::string home = "sip:" + domain;
  const std::string somebody = "sip:600@" + domain;
  if (method == "REGISTER") {
    const std::string own = "<sip:" + from.user + "@" + domain + ">";
    return request(from, {method, home, own, "reg-" + from.user + "-crowd", number, branch}, "Expires: 3600\r\n", "");
  }
  const std::string target = method == "OPTIONS" ? home : somebody;
  const Parts parts{method, target, "<" + target + ">", "c" + std::to_string(number) + "-" + from.user, number, branch};
  if (method == "INVITE") return request(from, parts, "Content-Type: application/sdp\r\n", offer);
  if (method == "MESSAGE") return request(from, parts, "Content-Type: text/plain\r\n", "hello");
  // Asked once: what stands for a minute would fill the table of an account before anything is measured.
  return request(from, parts, method == "SUBSCRIBE" ? "Event: presence\r\nExpires: 0\r\n" : "", "");
}

inline std::string junk() { return "INVITE sip:" + std::string(300, 'x') + " SIP/2.0\r\nVia: nothing\r\n\r\n"; }

/// The value of the first header of that name, as we and the system under test write it.
inline std::string_view header(std::string_view text, std::string_view name) {
  for (size_t at = text.find("\r\n"); at != std::string_view::npos; at = text.find("\r\n", at + 2)) {
    const std::string_view line = text.substr(at + 2, text.find("\r\n", at + 2) - at - 2);
    if (line.empty()) return {};
    if (line.size() > name.size() + 2 && line.starts_with(name) && line[name.size()] == ':') return line.substr(name.size() + 2);
  }
  return {};
}

/// All lines of these headers, in their order: what an answer repeats.
inline std::string echoed(std::string_view text) {
  std::string out;
  for (size_t at = text.find("\r\n"); at != std::string_view::npos; at = text.find("\r\n", at + 2)) {
    const std::string_view line = text.substr(at + 2, text.find("\r\n", at + 2) - at - 2);
    if (line.empty()) break;
    for (const std::string_view name : {"Via:", "From:", "To:", "Call-ID:", "CSeq:"})
      if (line.starts_with(name)) out.append(line).append("\r\n");
  }
  return out;
}

inline std::string yes(std::string_view question) {
  return "SIP/2.0 200 OK\r\n" + echoed(question) + "Content-Length: 0\r\n\r\n";
}

/// What stands in its topmost branch behind the cookie: a letter and a number.
struct Mark {
  char kind = 0;
  uint64_t number = 0;
};

constexpr std::string_view cookie = "z9hG4bK";

inline std::string branchOf(char kind, uint64_t number) {
  return std::string(cookie) + kind + std::to_string(number) + "x";
}

inline Mark markOf(std::string_view text) {
  const size_t at = text.find("branch=z9hG4bK");
  if (at == std::string_view::npos || at + 16 > text.size()) return {};
  Mark mark{text[at + 14], 0};
  for (size_t place = at + 15; place < text.size() && text[place] >= '0' && text[place] <= '9'; place++)
    mark.number = mark.number * 10 + static_cast<uint64_t>(text[place] - '0');
  return mark;
}

inline int statusOf(std::string_view text) {
  return text.size() < 12 ? 0 : (text[8] - '0') * 100 + (text[9] - '0') * 10 + (text[10] - '0');
}

/// ACK and BYE of a call, by the answer to its INVITE.
inline std::string inCall(const Speaker& from, std::string_view method, std::string_view answer, uint64_t cseq, const std::string& branch) {
  const std::string_view contact = header(answer, "Contact");
  const size_t open = contact.find('<');
  const std::string target(contact.substr(open + 1, contact.find('>') - open - 1));
  return request(from, {method, target, std::string(header(answer, "To")), std::string(header(answer, "Call-ID")), cseq, branch}, "", "");
}
