/** Carriers that call a TLS socket: some stay all the time, some come, ask once and go. */
import { once } from "node:events";
import { type ConnectionOptions, createSecureContext } from "node:tls";
import type { Made } from "./certificates.ts";
import { type Caller, callDoor } from "./trunk-door.ts";

/** Two that came, one with a good certificate and one with a revoked one. */
export interface Pair {
  /** PEM that the good one was shown. */
  readonly shown: string | undefined;
  readonly heard: boolean;
  readonly revokedHeard: boolean;
}

export interface Stayed {
  readonly dropped: number;
  readonly unanswered: number;
}

/** Here, or in a process of their own. */
export interface TlsCallers {
  hold(connections: number): Promise<void>;
  pair(): Promise<Pair>;
  /** Those that stayed ask once more. */
  stayed(): Promise<Stayed>;
}

/** One for all callers of a kind: made anew for each, they would be what the memory of the run shows. */
function contextOf({ cert, key }: Made): ConnectionOptions {
  return { secureContext: createSecureContext({ cert, key }) };
}

export function tlsCallers(port: number, good: Made, revoked: Made, cleanup: (() => unknown)[]): TlsCallers {
  const [asGood, asRevoked] = [contextOf(good), contextOf(revoked)];
  const live: Caller[] = [];
  const call = async (as: ConnectionOptions): Promise<Pick<Pair, "shown" | "heard">> => {
    const caller = callDoor(port, undefined, [], as);
    const heard = await answered(caller, 0);
    const shown = caller.socket.getPeerX509Certificate()?.toString().trim();
    caller.socket.destroy();
    return { shown, heard };
  };
  return {
    async hold(connections) {
      while (live.length < connections) live.push(callDoor(port, undefined, cleanup, asGood));
      for (const caller of live) await answered(caller, 0);
    },
    async pair() {
      return { ...(await call(asGood)), revokedHeard: (await call(asRevoked)).heard };
    },
    async stayed() {
      const before = live.map((caller) => caller.heard().length);
      for (const caller of live) caller.ask();
      const replies = await Promise.all(live.map((caller, index) => answered(caller, before[index] ?? 0)));
      const dropped = live.filter((caller) => caller.closed()).length;
      return { dropped, unanswered: replies.filter((heard) => !heard).length };
    },
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
