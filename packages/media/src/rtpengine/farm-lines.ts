/** The lines of one exchange in its four forms: told to an instance, expected back, written to the offerer and the answerer. */

import { sameKey } from "../engine/key-ring.ts";
import type { LegName } from "../media-port.ts";
import type { Keys, Proposal } from "../negotiation/keying.ts";
import type { Link } from "../negotiation/link.ts";
import {
  answeredTransport,
  crossingDirection,
  offeredTransport,
  refusedLine,
  type WrittenLine,
} from "../negotiation/sdp-anchor.ts";
import { isFeedback } from "../sdp/crossing-attributes.ts";
import type { PeerStream } from "../sdp/sdp-read.ts";
import type { FarmLeg, FarmStream, JudgedLine, JudgedStream, Saying, Standing } from "./farm-agreement.ts";
import { isKeyed, peerFacts } from "./farm-agreement.ts";
import type { Expected, InstanceLine } from "./farm-sdp.ts";

/** A line of an answer that was judged. undefined: off. `link`: the answerer's leg, its keys with the tag that it was shown. */
export type AnsweredLine =
  | { readonly line: JudgedStream; readonly answer: PeerStream; readonly link: Link }
  | undefined;

type Lines<T> = readonly (T | undefined)[];

export function sayOffer(lines: readonly JudgedLine[], offerer: LegName): readonly (Saying | string)[] {
  return lines.map((line) => (line.kind === "off" ? line.media : sayOffered(line, offerer)));
}

function sayOffered({ offer, offererLink, standing }: JudgedStream, offerer: LegName): Saying {
  const { keys } = offererLink;
  const crypto = keys && { tag: keys.tag, key: keys.inbound };
  return { said: offer, peer: peerFacts(offer, standing?.[offerer]), crypto };
}

/** What stands, and the new streams of an offer beside it. */
export function sayReserved(
  lines: readonly JudgedLine[],
  standing: Standing,
  offerer: LegName,
): readonly (Saying | string)[] {
  return lines.map((line, index) => {
    if (line.kind === "stream" && line.standing === undefined) return sayOffered(line, offerer);
    const stands = standing[index];
    return stands === undefined ? mediaOf(line) : sayStanding(stands[offerer]);
  });
}

/** What stands, and whatever else the offer had is off. `current`: the tags of the instance's keys, for an answer. */
export function sayStood(
  lines: readonly JudgedLine[],
  standing: Standing,
  leg: LegName,
  current?: Lines<InstanceLine>,
): readonly (Saying | string)[] {
  const count = Math.max(lines.length, standing.length);
  return Array.from({ length: count }, (_, index) => {
    const [stands, line] = [standing[index], lines[index]];
    if (stands !== undefined) return sayStanding(stands[leg], current?.[index]);
    return line === undefined ? "audio" : mediaOf(line);
  });
}

function sayStanding({ said, peer, link }: FarmLeg, current?: InstanceLine): Saying {
  const { keys } = link;
  if (keys === undefined) return { said, peer, crypto: undefined };
  const tag = (current && tagOf(current, keys.outbound)) ?? keys.tag;
  return { said, peer, crypto: { tag, key: keys.inbound } };
}

/** undefined: the instance no longer has a key that the answerer was shown. */
export function sayAnswer(
  answered: readonly AnsweredLine[],
  lines: readonly JudgedLine[],
  answerer: LegName,
  current: Lines<InstanceLine>,
): readonly (Saying | string)[] | undefined {
  const sayings: (Saying | string)[] = [];
  for (const [index, entry] of answered.entries()) {
    const line = lines[index];
    if (entry === undefined) {
      sayings.push(line === undefined ? "audio" : mediaOf(line));
      continue;
    }
    const { answer } = entry;
    const { keys } = entry.link;
    const now = current[index];
    const tag = keys && now && tagOf(now, keys.outbound);
    if (keys !== undefined && tag === undefined) return undefined;
    const crypto = keys === undefined || tag === undefined ? undefined : { tag, key: keys.inbound };
    sayings.push({ said: answer, peer: peerFacts(answer, entry.line.standing?.[answerer]), crypto });
  }
  return sayings;
}

function mediaOf(line: JudgedLine): string {
  return line.kind === "off" ? line.media : line.offer.media;
}

function tagOf({ cryptos }: InstanceLine, key: Keys["outbound"]): number | undefined {
  return cryptos.find((proposal) => sameKey(proposal.key, key))?.tag;
}

/** What an instance says to `leg` of that which stands, and of nothing else. */
export function expectStood(lines: readonly JudgedLine[], standing: Standing, leg: LegName): Lines<Expected> {
  const count = Math.max(lines.length, standing.length);
  return Array.from({ length: count }, (_, index) => {
    const stream = standing[index];
    return stream && { media: stream.media, secure: stream[leg].link.keys !== undefined };
  });
}

/** The same with the new streams of an offer beside it. */
export function expectReserved(lines: readonly JudgedLine[], standing: Standing, answerer: LegName): Lines<Expected> {
  const [stood, fresh] = [expectStood(lines, standing, answerer), expectOffer(lines)];
  return lines.map((line, index) =>
    line.kind === "stream" && line.standing === undefined ? fresh[index] : stood[index],
  );
}

/** What an instance says to the answerer. */
export function expectOffer(lines: readonly JudgedLine[]): Lines<Expected> {
  return lines.map((line) =>
    line.kind === "off" ? undefined : { media: line.offer.media, secure: isKeyed(line.linkOffer) },
  );
}

/** What an instance says to the offerer. */
export function expectAnswer(answered: readonly AnsweredLine[]): Lines<Expected> {
  return answered.map(
    (entry) => entry && { media: entry.line.offer.media, secure: entry.line.offererLink.keys !== undefined },
  );
}

/** A stream that runs keeps the port and the key that its peer knows. */
export function shownAgain(stream: FarmStream, answerer: LegName): InstanceLine {
  const { port, link } = stream[answerer];
  const { keys } = link;
  return { port, cryptos: keys === undefined ? [] : [{ tag: keys.tag, key: keys.outbound }] };
}

/** The instance's keys of those suites, in their order. */
export function allowed({ port, cryptos }: InstanceLine, suites: readonly string[]): InstanceLine {
  const rank = (proposal: Proposal) => suites.indexOf(proposal.key.suite);
  const own = cryptos.filter((proposal) => rank(proposal) >= 0);
  return { port, cryptos: own.sort((one, other) => rank(one) - rank(other)) };
}

export function writeOffer(lines: readonly JudgedLine[], shown: Lines<InstanceLine>): readonly WrittenLine[] {
  return lines.map((line, index) => {
    const ours = shown[index];
    if (line.kind === "off") return line;
    if (ours === undefined) return refusedLine(line.offer);
    const { offer, linkOffer } = line;
    return {
      kind: "stream",
      media: offer.media,
      profile: linkOffer.profile,
      port: ours.port,
      formats: offer.formats,
      crossing: offer.crossing.filter((one) => linkOffer.profile.feedback || !isFeedback(one)),
      direction: crossingDirection(offer),
      transport: offeredTransport({ ...linkOffer, proposals: ours.cryptos, mux: false }),
      ...apart,
    };
  });
}

export function writeAnswer(
  lines: readonly JudgedLine[],
  answered: readonly AnsweredLine[],
  standing: Standing,
  offerer: LegName,
): readonly WrittenLine[] {
  return lines.map((line, index) => {
    const [entry, stream] = [answered[index], standing[index]];
    if (line.kind === "off") return line;
    if (entry === undefined || stream === undefined) return refusedLine(line.offer);
    const { port, link } = stream[offerer];
    const { answer } = entry;
    return {
      kind: "stream",
      media: line.offer.media,
      profile: link.profile,
      port,
      formats: answer.formats,
      crossing: answer.crossing.filter((one) => link.profile.feedback || !isFeedback(one)),
      direction: crossingDirection(answer),
      transport: answeredTransport(link),
      ...apart,
    };
  });
}

/** Each line has a port of its own. */
const apart = { mid: undefined, bundle: undefined };
