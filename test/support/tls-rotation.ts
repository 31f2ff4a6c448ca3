/** Certificates and revocation lists renewed again and again, under connections that stay and handshakes that come. */
import { type Made, makeCertificate, makeRevocations } from "./certificates.ts";
import { type TlsCallers, tlsCallers } from "./tls-callers.ts";
import { type DoorFiles, openDoor } from "./trunk-door.ts";

export interface RotationPlan {
  readonly rotations: number;
  /** That are open all the time. */
  readonly connections: number;
  /** Whether one new connection, and one with a revoked certificate, come after this rotation. */
  readonly isDue: (round: number, pairs: number) => boolean;
  /** Where the callers are; missing: in this process. */
  readonly callers?: (port: number, good: Made, revoked: Made) => Promise<TlsCallers>;
}

export interface RotationResult {
  /** Of the connections that are open all the time. */
  readonly dropped: number;
  readonly unanswered: number;
  readonly pairs: number;
  /** New connections that were shown another certificate than the one in force, or were not heard. */
  readonly wrong: number;
  /** Connections with a revoked certificate that were heard. */
  readonly revokedHeard: number;
}

const VARIANTS = 4;

/** @param onRotation after each; may wait */
export async function rotate(
  plan: RotationPlan,
  cleanup: (() => unknown)[],
  onRotation: (done: number) => Promise<void> | void = () => {},
): Promise<RotationResult> {
  const authority = await makeCertificate({ authority: true });
  const good = await makeCertificate({ names: ["carrier.test"], by: authority });
  const revoked = await makeCertificate({ names: ["carrier.test"], by: authority });
  const variants = await Promise.all(Array.from({ length: VARIANTS }, () => variant(authority, revoked)));
  const inForce = (round: number): DoorFiles => variants[round % VARIANTS] as DoorFiles;
  const tls = "require_client: true, ca: ca.pem, names: [carrier.test], crl: ca.crl";
  const door = await openDoor([{ name: "carrier", from: "127.0.0.1", tls }], inForce(0), cleanup);
  const callers = (await plan.callers?.(door.port, good, revoked)) ?? tlsCallers(door.port, good, revoked, cleanup);
  await callers.hold(plan.connections);
  let [pairs, wrong, revokedHeard] = [0, 0, 0];
  for (let round = 1; round <= plan.rotations; round++) {
    await door.apply(inForce(round));
    if (plan.isDue(round, pairs)) {
      const pair = await callers.pair();
      pairs += 1;
      if (!pair.heard || pair.shown !== inForce(round).own.get("edge")?.cert.trim()) wrong += 1;
      if (pair.revokedHeard) revokedHeard += 1;
    }
    await onRotation(round);
  }
  return { ...(await callers.stayed()), pairs, wrong, revokedHeard };
}

async function variant(authority: Made, revoked: Made): Promise<DoorFiles> {
  return {
    authorities: new Map([["ca.pem", authority.cert]]),
    revocations: new Map([["ca.crl", await makeRevocations(authority, [revoked])]]),
    own: new Map([["edge", await makeCertificate({ names: ["edge.test"], by: authority })]]),
  };
}
