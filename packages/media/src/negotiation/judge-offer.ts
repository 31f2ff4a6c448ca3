/** An offer, line by line, before any port is open: what of it may go on, and how each leg would travel. Pure. */

import type { LegName, Legs } from "../media-port.ts";
import type { MediaRefusal } from "../refusal.ts";
import { judgeEndpoint } from "../sdp/endpoint-rules.ts";
import type { OffStream, PeerDescription, PeerStream } from "../sdp/sdp-read.ts";
import { maxStreams } from "../settings.ts";
import type { Agreement, OfferedStream } from "./agreement.ts";
import { apart, sharedTransport } from "./bundle.ts";
import { filterCodecs } from "./codec-policy.ts";
import { acceptOffer, type Link, type LinkFacts, type LinkOffer, proposeTo } from "./link.ts";
import { refusedLine } from "./sdp-anchor.ts";

export interface OfferFacts extends Pick<LinkFacts, "random" | "hasDtls" | "credentials"> {
  readonly offerer: LegName;
  readonly answerer: LegName;
  readonly legs: Legs;
  readonly standing: Agreement;
  readonly isOurs: (port: number) => boolean;
}

export type JudgedStream = Omit<OfferedStream, "pairs"> & { readonly index: number };

export type Judged =
  | JudgedStream
  | { readonly kind: "off"; readonly line: OffStream; readonly refusal: MediaRefusal | undefined };

export function judgeAll(description: PeerDescription, facts: OfferFacts): readonly Judged[] {
  const { lines, bundle } = sharedTransport(description);
  const taken: JudgedStream[] = [];
  return lines.map((line, index): Judged => {
    if (line.kind === "off") return { kind: "off", line, refusal: undefined };
    if (taken.length === maxStreams) return { kind: "off", line: refusedLine(line), refusal: undefined };
    const judged = judgeOne(line, index, bundle, taken, facts);
    if (typeof judged === "string") return { kind: "off", line: refusedLine(line), refusal: judged };
    taken.push(judged);
    return judged;
  });
}

/** Why an offer without a single usable stream is refused. One that switches every stream of a running call off is not. */
export function nothingLeft(judged: readonly Judged[], standing: Agreement): MediaRefusal | undefined {
  if (judged.some((line) => line.kind === "stream")) return undefined;
  const refused = judged.find((line) => line.kind === "off" && line.refusal !== undefined);
  if (refused?.kind === "off" && refused.refusal !== undefined) return refused.refusal;
  const allOff = judged.length > 0 && judged.every((line) => line.kind === "off" && !line.line.offered);
  return allOff && standing.length > 0 ? undefined : "no-media";
}

function judgeOne(
  line: PeerStream,
  index: number,
  bundle: readonly string[],
  taken: readonly JudgedStream[],
  facts: OfferFacts,
): JudgedStream | MediaRefusal {
  const { offerer, answerer, legs, isOurs } = facts;
  const stands = facts.standing[index];
  const standing = stands?.media === line.media ? stands : undefined;
  const offer = filterCodecs(line, [legs[answerer].codecs, legs[offerer].codecs]);
  if (offer === undefined) return "no-common-codec";
  const link = acceptOffer(offer, { ...facts, leg: legs[offerer], standing: standing?.[offerer].link });
  if (typeof link === "string") return link;
  const bad = link.ice
    ? undefined
    : offer.endpoint && judgeEndpoint(offer.endpoint, legs[offerer], legs[answerer], isOurs);
  if (bad !== undefined) return bad;
  const linkOffer = proposeTo(offer, { ...facts, leg: legs[answerer], standing: standing?.[answerer].link });
  if (typeof linkOffer === "string") return linkOffer;
  const mid = bundledMid(offer, link, bundle, taken);
  // RFC 9143 §7.2: a line that is bundle-only has no other way.
  if (mid === undefined && offer.bundleOnly) return "no-media";
  const bundles =
    legs[answerer].browser || facts.standing.some((line) => line?.[answerer].pair.bundledOn !== undefined);
  const ours = bundles ? offeredMid(offer, linkOffer, index, taken) : undefined;
  return {
    kind: "stream",
    index,
    offer,
    standing,
    bundled: { offerer: mid, answerer: ours },
    offererLink: mid === undefined ? link : sharedLink(link, taken),
    linkOffer: ours === undefined ? linkOffer : sharedOffer(linkOffer, taken),
  };
}

/** The peer bundles the line, and so do we: on DTLS with rtcp-mux, and told apart from the others by its payload types. */
function bundledMid(
  offer: PeerStream,
  link: Link,
  bundle: readonly string[],
  taken: readonly JudgedStream[],
): string | undefined {
  const { mid } = offer;
  const fits = link.dtls !== undefined && link.mux && mid !== undefined && bundle.includes(mid);
  const others = taken.filter((line) => line.bundled.offerer !== undefined).map((line) => line.offer);
  return fits && apart(offer, others) ? mid : undefined;
}

/** Browsers bundle, on DTLS with ICE. */
function offeredMid(
  offer: PeerStream,
  linkOffer: LinkOffer,
  index: number,
  taken: readonly JudgedStream[],
): string | undefined {
  const others = taken.filter((line) => line.bundled.answerer !== undefined).map((line) => line.offer);
  const fits = linkOffer.dtls && linkOffer.ice !== undefined;
  return fits && apart(offer, others) ? String(index) : undefined;
}

function sharedLink(link: Link, taken: readonly JudgedStream[]): Link {
  const tagged = taken.find((line) => line.bundled.offerer !== undefined);
  return tagged === undefined ? link : { ...tagged.offererLink, profile: link.profile };
}

function sharedOffer(linkOffer: LinkOffer, taken: readonly JudgedStream[]): LinkOffer {
  const tagged = taken.find((line) => line.bundled.answerer !== undefined);
  return tagged === undefined ? linkOffer : { ...linkOffer, ice: tagged.linkOffer.ice };
}

/** Whether the line is one of those that share a transport on that leg. */
export function isBundled(line: JudgedStream, leg: LegName, offerer: LegName): boolean {
  return line.bundled[leg === offerer ? "offerer" : "answerer"] !== undefined;
}
