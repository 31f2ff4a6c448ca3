/** SDES with an instance between: which suites it may be asked for, and which of its keys are believed. Pure. */
import type { SrtpSuite } from "@ringfence/node-srtp";
import { sameKey } from "../engine/key-ring.ts";
import type { LegMedia } from "../media-port.ts";
import { type Keys, usableSuites } from "../negotiation/keying.ts";
import type { Saying } from "./farm-agreement.ts";
import type { InstanceLine } from "./farm-sdp.ts";

/**
 * With one suite on both legs rtpengine 10.5 hands each side the other one's key and passes packets on as they are. So the
 * answerer is never shown the suite that the offerer has: then each leg has a key of the instance's own.
 */
export function suitesFor(answerer: LegMedia, says: readonly (Saying | string)[]): readonly SrtpSuite[] {
  const taken = suitesOf(says);
  return usableSuites(answerer.suites).filter((suite) => !taken.includes(suite));
}

/** Of the peers' keys that an instance is told. */
export function suitesOf(says: readonly (Saying | string)[]): readonly SrtpSuite[] {
  return says.flatMap((saying) => (typeof saying === "string" ? [] : (saying.crypto?.key.suite ?? [])));
}

/** RFC 4568 §5.1.2: the instance's answer has the tag and the suite that were chosen, and a key that is no peer's. */
export function answerKeys(chosen: Keys, { cryptos }: InstanceLine, answerers: Keys | undefined): Keys | undefined {
  const { tag, inbound } = chosen;
  const ours = cryptos.find((proposal) => proposal.tag === tag && proposal.key.suite === inbound.suite);
  if (ours === undefined || sameKey(ours.key, inbound) || sameKey(ours.key, answerers?.inbound)) return undefined;
  return { tag, inbound, outbound: ours.key };
}
