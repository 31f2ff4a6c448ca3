/**
 * Carriers and machines of the PBX that a reload took away while calls with them stand: each is heard on the socket of its call
 * until that is over, and only within it. On the phones' sockets a carrier needs none of this: there it is now a stranger, who is
 * heard as any, and the call knows its own peer.
 */
import { type Endpoint, type Flow, isOutside } from "../flow.ts";
import { Origins } from "../origin.ts";
import type { CoreSettings } from "../settings.ts";
import type { EdgeState } from "../state.ts";

export type LeftPeers = ReadonlyMap<
  string,
  { readonly side: "core" } | { readonly side: "trunk"; readonly trunk: string }
>;

export function leftPeer({ id }: Endpoint, address: string): string {
  return `${id}|${address}`;
}

export function leftPeers({ settings, calls }: Pick<EdgeState, "settings" | "calls">): LeftPeers {
  const origins = new Origins(settings);
  const found = new Map<string, { readonly side: "core" } | { readonly side: "trunk"; readonly trunk: string }>();
  for (const { a, b } of calls) {
    for (const { flow } of [a, b]) {
      const { endpoint, packetSource, trunk } = flow;
      if (flow.side === "phone" || origins.of(endpoint, packetSource.address) !== undefined) continue;
      const peer = flow.side === "core" ? { side: flow.side } : { side: flow.side, trunk: trunk ?? "" };
      found.set(leftPeer(endpoint, packetSource.address), peer);
    }
  }
  return found;
}

/** A machine that was the PBX, and is heard for its calls alone. */
export function isFormerPbx({ pbxNodes }: CoreSettings, { endpoint, packetSource }: Flow): boolean {
  if (isOutside(endpoint.role)) return false;
  return !pbxNodes.some(({ addresses }) => addresses.includes(packetSource.address));
}
