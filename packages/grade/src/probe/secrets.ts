/** Point 3 of a probe: what a stranger learns. */
import { type Challenge, parseChallenge } from "@ringfence/sip";
import type { Point } from "../check.ts";
import { type Answer, type Exchange, exchangesOf, finalStatus, type ProbeFacts } from "./observed.ts";
import { isPrivate, namesIn } from "./private-names.ts";

/** In milliseconds: less is the network's. */
const leastDifference = 25;
/** One answer may be longer than its question where all together are not: an edge may save up what others left over. */
const mostForOne = 2;

export const secrets: Point<ProbeFacts> = {
  number: 3,
  name: "What a stranger learns",
  checks: [
    {
      id: "probe-enumeration-status",
      severity: "high",
      title: "An account that is there is answered like one that is not",
      fix: "Challenge every name alike, or answer none.",
      where: "phones.authentication",
      look: (facts) =>
        compare(facts, (usual, strangers) => {
          const [odd] = usual.filter((one) => !strangers.some((other) => finalStatus(other) === finalStatus(one)));
          return odd === undefined
            ? []
            : [`some are answered ${finalStatus(odd)}, names that nobody has ${finalStatus(strangers[0] as Exchange)}`];
        }),
    },
    {
      id: "probe-enumeration-size",
      severity: "medium",
      title: "Both answers have one length",
      fix: "Build the answer to a name that is not there from the same parts.",
      where: "phones.authentication",
      look: (facts) =>
        compare(facts, (usual, strangers) => {
          const spread = (all: readonly Exchange[]): readonly number[] => [...new Set(all.map(shape))];
          const odd = spread(usual).filter((size) => !spread(strangers).includes(size));
          return odd.length === 0
            ? []
            : [
                `longer than the question by ${odd[0] ?? 0} octets, for names that nobody has by ${spread(strangers)[0] ?? 0}`,
              ];
        }),
    },
    {
      id: "probe-enumeration-time",
      severity: "low",
      title: "Both answers take one time",
      fix: "Do the same work for a name that is not there.",
      where: "phones.authentication",
      look: (facts) =>
        compare(facts, (usual, strangers) => {
          const [a, b] = [median(usual), median(strangers)];
          return Math.abs(a - b) > Math.max(leastDifference, Math.min(a, b))
            ? [`${Math.round(a)} ms against ${Math.round(b)} ms`]
            : [];
        }),
    },
    {
      id: "probe-digest-md5",
      severity: "medium",
      title: "SHA-256 is offered",
      fix: "Offer SHA-256 before MD5 (RFC 8760).",
      where: "phones.digest",
      look: (facts) =>
        challenged(facts, (all) => (all.some(({ algorithm }) => algorithm !== "MD5") ? [] : ["MD5 alone is offered"])),
    },
    {
      id: "probe-digest-qop",
      severity: "medium",
      title: "A proof cannot be used twice",
      fix: "Offer qop=auth, and count.",
      where: "RFC 7616 section 3.4.5",
      look: (facts) =>
        challenged(facts, (all) =>
          all.every(({ qop }) => qop.includes("auth")) ? [] : ["a challenge without qop=auth"],
        ),
    },
    {
      id: "probe-nonce-repeats",
      severity: "high",
      title: "Every challenge is a new one",
      fix: "Make nonces that are not used again, signed and with an end.",
      where: "RFC 7616 section 5.4",
      look: (facts) =>
        challenged(facts, (all) =>
          new Set(all.map(({ nonce, algorithm }) => `${algorithm} ${nonce}`)).size < all.length
            ? ["two strangers were given one nonce"]
            : [],
        ),
    },
    {
      id: "probe-leaks-inside",
      severity: "medium",
      title: "No answer names what is inside",
      fix: "Rebuild what crosses the border; never copy it.",
      where: "topology hiding",
      look: (facts) => everywhere(facts, (answer) => insideNames(answer, facts.known)),
    },
    {
      id: "probe-leaks-product",
      severity: "low",
      title: "No answer names a product and its version",
      fix: "Leave Server and User-Agent out of answers to strangers.",
      where: "Server",
      look: (facts) =>
        everywhere(facts, ({ headers }) =>
          headers
            .filter(({ name, value }) => (name === "Server" || name === "User-Agent") && hasDigit(value))
            .map(({ name, value }) => `${name}: ${value}`),
        ),
    },
    {
      id: "probe-amplification",
      severity: "medium",
      title: "A forged source gets no more than was sent in its name",
      fix: "Answer unproven sources with no more octets and datagrams than they sent.",
      where: "UDP",
      look: ({ over, exchanges }) => (over === "udp" ? amplified(exchanges) : undefined),
    },
  ],
};

/** Both groups as far as they were answered; undefined where one was not: a border that goes silent tells nothing. */
function compare(
  facts: ProbeFacts,
  look: (usual: readonly Exchange[], strangers: readonly Exchange[]) => readonly string[],
): readonly string[] | undefined {
  const answered = (id: string): readonly Exchange[] =>
    exchangesOf(facts, id).filter((one) => finalStatus(one) !== undefined);
  const [usual, strange] = [answered("usual"), answered("stranger")];
  if (facts.over === undefined) return undefined;
  // Silence to all alike is the best answer; silence to one group only is the ban that came between.
  return usual.length === 0 || strange.length === 0 ? [] : look(usual, strange);
}

/** Length without what may differ for honest reasons: the name that was asked for is as long in both groups or is not counted. */
function shape({ answers, sent }: Exchange): number {
  return (answers.findLast(({ status }) => status >= 200)?.size ?? 0) - sent;
}

function median(exchanges: readonly Exchange[]): number {
  const times = exchanges.flatMap(({ milliseconds }) => (milliseconds === undefined ? [] : [milliseconds]));
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

function challenged(
  facts: ProbeFacts,
  look: (all: readonly Challenge[]) => readonly string[],
): readonly string[] | undefined {
  const all = ["challenge", "usual", "stranger"]
    .flatMap((id) => exchangesOf(facts, id))
    .flatMap(({ answers }) => answers.slice(-1).flatMap(challengesOf));
  return all.length === 0 ? undefined : look(all);
}

function challengesOf({ headers }: Answer): readonly Challenge[] {
  return headers.flatMap(({ name, value }) => {
    const wanted = name === "WWW-Authenticate" || name === "Proxy-Authenticate";
    const challenge = wanted ? parseChallenge(value) : undefined;
    return challenge === undefined ? [] : [challenge];
  });
}

function everywhere(facts: ProbeFacts, look: (answer: Answer) => readonly string[]): readonly string[] | undefined {
  if (facts.over === undefined) return undefined;
  return [...new Set(facts.exchanges.flatMap(({ answers }) => answers.flatMap(look)))];
}

function amplified(exchanges: readonly Exchange[]): readonly string[] {
  const back = ({ answers }: Exchange): number => answers.reduce((sum, { size }) => sum + size, 0);
  const all = exchanges.reduce((sum, one) => sum + back(one), 0) / exchanges.reduce((sum, { sent }) => sum + sent, 1);
  const worst = [...exchanges].sort((a, b) => back(b) / b.sent - back(a) / a.sent).at(0);
  const most = worst === undefined ? 0 : back(worst) / worst.sent;
  return [
    ...(all > 1 ? [`${all.toFixed(1)} octets came back for each of all that were sent`] : []),
    ...(most > mostForOne ? [`${worst?.method} (${worst?.question}): ${most.toFixed(1)} octets for each`] : []),
  ];
}

/** Via is our own, given back. */
function insideNames({ headers }: Answer, known: readonly string[]): readonly string[] {
  return headers
    .filter(({ name }) => name !== "Via" && name !== "From" && name !== "To" && name !== "Call-ID")
    .flatMap(({ name, value }) =>
      namesIn(value)
        .filter((one) => isPrivate(one) && !known.includes(one))
        .map((one) => `${name} names ${one}`),
    );
}

function hasDigit(text: string): boolean {
  return [..."0123456789"].some((digit) => text.includes(digit));
}
