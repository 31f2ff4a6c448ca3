/** What the registrar front remembers beside the bindings: plain tables with caps. */
import type { Random } from "@ringfence/sip";
import { ChallengeShape } from "./challenge-shape.ts";
import { KnownPlaces } from "./known-places.ts";
import { NatMemory } from "./nat-memory.ts";
import { NonceCounts } from "./nonce-counts.ts";
import { OwnRequests } from "./own-requests.ts";
import type { SentForAccount } from "./sent-for-account.ts";

export interface RegistrarState {
  /** Signs our nonces; new with each process, because the counts of used ones are gone with the old one. */
  readonly nonceKey: Uint8Array;
  readonly nonceCounts: NonceCounts;
  readonly places: KnownPlaces;
  readonly own: OwnRequests;
  readonly nats: NatMemory;
  /** By client transaction, with which an entry goes. */
  readonly sent: Map<number, SentForAccount>;
  /** With `authentication: relay`: of the PBX's challenges to REGISTER. */
  readonly shape: ChallengeShape;
  /** Realms that the PBX's own registrar named; few, because only a password that was right adds one. */
  readonly realms: Set<string>;
}

export function registrarState(random: Random): RegistrarState {
  return {
    nonceKey: random(32),
    nonceCounts: new NonceCounts(),
    places: new KnownPlaces(),
    own: new OwnRequests(random),
    nats: new NatMemory(),
    sent: new Map(),
    shape: new ChallengeShape(),
    realms: new Set(),
  };
}
