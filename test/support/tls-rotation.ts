/** Certificates and revocation lists renewed again and again, under connections that stay and handshakes that come. */
import { once } from "node:events";
import { type ConnectionOptions, createSecureContext } from "node:tls";
import { type Made, makeCertificate, makeRevocations } from "./certificates.ts";
import { type Caller, callDoor, type Door, type DoorFiles, openDoor } from "./trunk-door.ts";

/** One for all callers of a kind: made anew for each, they would be what the memory of the run shows. */
function contextOf({ cert, key }: Made): ConnectionOptions {
  return { secureContext: createSecureContext({ cert, key }) };
}

export interface RotationPlan {
  readonly rotations: number;
  /** That are open all the time. */
  readonly connections: number;
  /** One new connection, and one of a revoked certificate, each so many rotations. */
  readonly handshakeEvery: number;
}

export interface RotationResult {
  /** Of the connections that are open all the time. */
  readonly dropped: number;
  readonly unanswered: number;
  readonly handshakes: number;
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
  const right = await makeCertificate({ names: ["carrier.test"], by: authority });
  const revoked = await makeCertificate({ names: ["carrier.test"], by: authority });
  const [asRight, asRevoked] = [contextOf(right), contextOf(revoked)];
  const variants = await Promise.all(Array.from({ length: VARIANTS }, () => variant(authority, revoked)));
  const inForce = (round: number): DoorFiles => variants[round % VARIANTS] as DoorFiles;
  const tls = "require_client: true, ca: ca.pem, names: [carrier.test], crl: ca.crl";
  const door = await openDoor([{ name: "carrier", from: "127.0.0.1", tls }], inForce(0), cleanup);
  const live = Array.from({ length: plan.connections }, () => callDoor(door.port, undefined, cleanup, asRight));
  for (const caller of live) await answered(caller, 0);
  let [handshakes, wrong, revokedHeard] = [0, 0, 0];
  for (let round = 1; round <= plan.rotations; round++) {
    await door.apply(inForce(round));
    if (round % plan.handshakeEvery === 0) {
      handshakes += 1;
      if (!(await showsNew(door, asRight, inForce(round)))) wrong += 1;
      if (await isHeard(door, asRevoked)) revokedHeard += 1;
    }
    await onRotation(round);
  }
  const before = live.map((caller) => caller.heard().length);
  for (const caller of live) caller.ask();
  const replies = await Promise.all(live.map((caller, index) => answered(caller, before[index] ?? 0)));
  return {
    dropped: live.filter((caller) => caller.closed()).length,
    unanswered: replies.filter((heard) => !heard).length,
    handshakes,
    wrong,
    revokedHeard,
  };
}

async function variant(authority: Made, revoked: Made): Promise<DoorFiles> {
  return {
    authorities: new Map([["ca.pem", authority.cert]]),
    revocations: new Map([["ca.crl", await makeRevocations(authority, [revoked])]]),
    own: new Map([["edge", await makeCertificate({ names: ["edge.test"], by: authority })]]),
  };
}

/** Something more came than `from` characters; false: the connection ended instead. */
async function answered(caller: Caller, from: number): Promise<boolean> {
  while (caller.heard().length <= from) {
    if (caller.closed()) return false;
    await Promise.race([once(caller.socket, "data"), once(caller.socket, "close")]);
  }
  return true;
}

async function showsNew({ port }: Door, shown: ConnectionOptions, { own }: DoorFiles): Promise<boolean> {
  const caller = callDoor(port, undefined, [], shown);
  const heard = await answered(caller, 0);
  const certificate = caller.socket.getPeerX509Certificate()?.toString().trim();
  caller.socket.destroy();
  return heard && certificate === own.get("edge")?.cert.trim();
}

async function isHeard({ port }: Door, shown: ConnectionOptions): Promise<boolean> {
  const caller = callDoor(port, undefined, [], shown);
  const heard = await answered(caller, 0);
  caller.socket.destroy();
  return heard;
}
