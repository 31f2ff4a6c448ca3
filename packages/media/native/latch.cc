#include "latch.h"

namespace ringfence {

namespace {
/** Far more than the 20 ms between two packets of speech; a phone whose NAT rebound is silent at its old place long before it says so. */
constexpr Millis kKeepsPlace = 500;
}  // namespace

/** Signalling has spoken: opens the window. A source that was learnt stays until another takes over or the signalled endpoint moves. */
void Latch::configure(const SocketRules& rules, Millis now) {
  const bool moved = rules_.signalled != rules.signalled;
  rules_ = rules;
  configured_ = true;
  onlyHome_ = false;
  if (moved && (rules.sendAtOnce || !proven_)) {
    take(rules.signalled, kNoSsrc);
    homeSsrc_ = kNoSsrc;
    atHome_ = true;
  }
  reopen(now);
  aim();
}

/** RTCP only: RTP is now locked to this address and has this SSRC, so RTCP comes from there and names it, or comes from where it was signalled. */
void Latch::narrow(const Address& address, std::int64_t ssrc, Millis now) {
  if (!configured_) return;
  rules_.learnFrom[0] = address;
  rules_.learnCount = 1;
  homeSsrc_ = ssrc;
  onlyHome_ = true;
  if (source_.port != 0 && source_.address != address) {
    take({}, kNoSsrc);
    reopen(now);
  }
  aim();
}

/** Before authentication: may this source's packet be looked at? Accepted, learning or foreign; changes nothing. */
Verdict Latch::peek(const Endpoint& from, Millis now) const {
  // Nobody can be answered there, and here it means nobody.
  if (from.port == 0) return Verdict::kForeign;
  if (from == source_) return Verdict::kAccepted;
  if (!configured_ || (locked_ && atHome_) || now > windowEnds_) return Verdict::kForeign;
  return from == rules_.signalled || mayLearn(from.address) ? Verdict::kLearning : Verdict::kForeign;
}

/** After authentication, for a packet that `peek` did not call foreign. */
Verdict Latch::accept(const Endpoint& from, std::uint32_t ssrc, std::uint8_t payloadType, Millis now) {
  const bool known = rules_.payloadTypes[payloadType & 0x7f];
  if (from == source_) return fromSource(ssrc, known, now);
  const bool returns = homeSsrc_ == ssrc;
  if (!known || (!returns && (onlyHome_ || (awaitsReturn() && from != candidate_)))) return Verdict::kLearning;
  const bool same = from == candidate_ && candidateSsrc_ == ssrc;
  candidateAgreed_ = same ? candidateAgreed_ + 1 : 1;
  candidate_ = from;
  candidateSsrc_ = ssrc;
  if (!configured_ || candidateAgreed_ < rules_.packets) return Verdict::kLearning;
  if (!returns && (locked_ || speaks(now))) return Verdict::kLearning;
  take(from, ssrc);
  atHome_ = returns || homeSsrc_ == kNoSsrc;
  heardAt_ = now;
  lock();
  return Verdict::kLatched;
}

bool Latch::mayLearn(const Address& address) const {
  for (std::size_t place = 0; place < rules_.learnCount && place < kMaxLearnFrom; place++) {
    if (rules_.learnFrom[place] == address) return true;
  }
  return false;
}

/** A source that speaks keeps its place: the candidate starts from zero again. */
Verdict Latch::fromSource(std::uint32_t ssrc, bool known, Millis now) {
  heardAt_ = now;
  if (!awaitsReturn()) {
    candidateAgreed_ = 0;
    candidate_ = {};
  }
  if (!known) return Verdict::kAccepted;
  agreed_ = ssrc_ == ssrc ? agreed_ + 1 : 1;
  ssrc_ = ssrc;
  if (locked_) {
    settle();
    return Verdict::kAccepted;
  }
  if (!configured_ || agreed_ < rules_.packets) return Verdict::kAccepted;
  const bool first = !proven_;
  lock();
  return first ? Verdict::kLatched : Verdict::kAccepted;
}

bool Latch::speaks(Millis now) const { return proven_ && now - heardAt_ < kKeepsPlace; }

/** The stream that was there first has begun to come back: nobody interrupts it. */
bool Latch::awaitsReturn() const { return homeSsrc_ != kNoSsrc && candidate_.port != 0 && candidateSsrc_ == homeSsrc_; }

void Latch::take(const Endpoint& endpoint, std::int64_t ssrc) {
  source_ = endpoint;
  proven_ = false;
  agreed_ = 0;
  ssrc_ = ssrc;
}

/** A phone may begin a new stream at its place. */
void Latch::settle() {
  if (atHome_) homeSsrc_ = ssrc_;
}

void Latch::lock() {
  locked_ = true;
  proven_ = true;
  settle();
  aim();
}

void Latch::reopen(Millis now) {
  locked_ = false;
  agreed_ = 0;
  candidateAgreed_ = 0;
  candidate_ = {};
  windowEnds_ = now + rules_.windowMs;
}

void Latch::aim() { target_ = proven_ || rules_.sendAtOnce ? source_ : Endpoint{}; }

}  // namespace ringfence
