/** SDES (RFC 4568): which keys we offer, which of the peer's we take. Pure; dice are an argument. */
import { keyAndSaltLength, type SrtpSuite, suiteNamed } from "@ringfence/node-srtp";
import type { CryptoAttribute } from "@ringfence/sip";
import { maxMki, type SrtpKey } from "../engine/engine.ts";
import { sameKey } from "../engine/key-ring.ts";
import { isNumber } from "../sdp/crossing-attributes.ts";

type Random = (bytes: number) => Uint8Array;

/** One a=crypto line of ours. */
export interface Proposal {
  readonly tag: number;
  readonly key: SrtpKey;
}

/** Both directions of a leg that uses SRTP. */
export interface Keys {
  readonly tag: number;
  /** Theirs: opens what they send. */
  readonly inbound: SrtpKey;
  /** Ours: seals what we send. */
  readonly outbound: SrtpKey;
}

function freshKey(suite: SrtpSuite, random: Random): SrtpKey {
  // Copied, because a key from a pooled buffer would take the whole pool with it when it is posted to a thread.
  return { suite, key: Uint8Array.from(random(keyAndSaltLength(suite))) };
}

/** Suites of a leg's policy that exist here, in the policy's order. */
export function usableSuites(names: readonly string[]): readonly SrtpSuite[] {
  const suites: SrtpSuite[] = [];
  for (const name of names) {
    const suite = suiteNamed(name);
    if (suite !== undefined && !suites.includes(suite)) suites.push(suite);
  }
  return suites;
}

/** An offer of ours: a fresh key for every suite; on a stream that is keyed already the key that is in use, so that it goes on. */
export function propose(suites: readonly SrtpSuite[], standing: Keys | undefined, random: Random): readonly Proposal[] {
  if (standing !== undefined) return [{ tag: standing.tag, key: standing.outbound }];
  return suites.map((suite, index) => ({ tag: index + 1, key: freshKey(suite, random) }));
}

/**
 * RFC 4568 §5.1.2: our answer takes one line of the peer's offer, the first that is allowed here, and echoes its tag.
 * The key in use comes first, so that a re-INVITE that repeats it continues the stream. When theirs is new, ours is
 * too: a new party may have come, which cannot know how often our sequence numbers wrapped.
 */
export function choose(
  offered: readonly CryptoAttribute[],
  suites: readonly SrtpSuite[],
  standing: Keys | undefined,
  random: Random,
): Keys | undefined {
  const candidates: Keys[] = [];
  for (const line of offered) {
    const inbound = usableKey(line);
    if (inbound === undefined || !suites.includes(inbound.suite)) continue;
    if (standing !== undefined && sameKey(inbound, standing.inbound)) return { ...standing, tag: line.tag };
    candidates.push({ tag: line.tag, inbound, outbound: inbound });
  }
  const first = candidates[0];
  return first && { ...first, outbound: freshKey(first.inbound.suite, random) };
}

/** RFC 4568 §5.1.3: the peer's answer must name one of our tags, with its suite. */
export function conclude(answered: readonly CryptoAttribute[], proposals: readonly Proposal[]): Keys | undefined {
  for (const line of answered) {
    const proposal = proposals.find((p) => p.tag === line.tag);
    const inbound = usableKey(line);
    // Our own key sent back to us would make both directions use one key stream (RFC 3711 §9.1).
    if (proposal === undefined || inbound?.suite !== proposal.key.suite || sameKey(inbound, proposal.key)) continue;
    return { tag: line.tag, inbound, outbound: proposal.key };
  }
  return undefined;
}

/** undefined when the line asks for something we do not do. */
export function usableKey(line: CryptoAttribute): SrtpKey | undefined {
  const suite = suiteNamed(line.suite);
  if (suite === undefined || line.key.length !== keyAndSaltLength(suite)) return undefined;
  if (line.mki !== undefined && line.mki.length > maxMki) return undefined;
  if (!line.sessionParams.every(isHarmless)) return undefined;
  const key = { suite, key: Uint8Array.from(line.key) };
  return line.mki === undefined ? key : { ...key, mki: mkiOf(line.mki) };
}

/**
 * RFC 4568 §6.1: it names their key in their packets, so it concerns what arrives only; ours carry none. Most significant
 * octet first.
 */
function mkiOf({ value, length }: NonNullable<CryptoAttribute["mki"]>): Uint8Array {
  const octets = new Uint8Array(length);
  for (let at = length - 1, rest = value; at >= 0; at--, rest = Math.floor(rest / 256)) octets[at] = rest % 256;
  return octets;
}

/**
 * RFC 4568 §6.3: one that is not known makes the whole line unusable, unless it begins with "-". WSH is a hint, from 64 on
 * (§6.3.6); FEC_ORDER says what happens to a FEC stream, which we do not take part in (§6.3.4). KDR, FEC_KEY and the
 * UN... parameters change what is on the wire.
 */
function isHarmless(param: string): boolean {
  if (param.startsWith("-") || param === "FEC_ORDER=FEC_SRTP" || param === "FEC_ORDER=SRTP_FEC") return true;
  const window = param.startsWith("WSH=") ? param.slice("WSH=".length) : "";
  return isNumber(window, 5) && Number(window) >= 64;
}
