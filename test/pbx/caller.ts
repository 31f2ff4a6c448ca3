import { authenticate } from "./authentication.ts";
import type { Core } from "./core.ts";
import type { Account, Line, Peer, Trunk } from "./pbx-data.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import { parseNameAddr } from "./sip-address.ts";
import { header } from "./sip-message.ts";
import type { Flow } from "./transport.ts";

/** Who makes a call, as far as this PBX cares. `number` is what the far side is shown. */
export type Caller =
  | { readonly kind: "user"; readonly number: string; readonly account: Account }
  | { readonly kind: "trunk"; readonly number: string; readonly trunk: Trunk }
  | { readonly kind: "line"; readonly number: string; readonly line: Line };

const isFrom = (flow: Flow, peer: Peer, match: "ip" | "ip-port"): boolean =>
  flow.address === peer.address && (match === "ip" || flow.reliable || flow.port === peer.port);

/**
 * Finding 2: a trunk is believed by its address before anybody asks who calls, so a phone's INVITE that leaves a border
 * by the trunk's address passes as a trunk call. Undefined: refused, and answered unless the knob says silent.
 */
export function identifyCaller(core: Core, tx: ServerTransaction): Caller | undefined {
  const { knobs, data } = core;
  const number = parseNameAddr(header(tx.request, "from") ?? "")?.uri.user ?? "";
  const trunk = data.trunks.find((t) => isFrom(tx.flow, t, knobs.trunkMatch));
  if (trunk !== undefined) return { kind: "trunk", number, trunk };
  const line = data.lines.find((l) => isFrom(tx.flow, l, knobs.trunkMatch));
  if (line !== undefined) return { kind: "line", number, line };
  const account = data.accounts.get(number);
  const known = account !== undefined && registeredFrom(core, account.user, tx.flow);
  if (known && knobs.inviteAuth !== "initial") return { kind: "user", number, account };
  if (!known && knobs.unknownSource !== "401") {
    if (knobs.unknownSource !== "silent") tx.respond(Number(knobs.unknownSource));
    return undefined;
  }
  const proven = authenticate(core, tx, known ? "proxy" : "www");
  if (proven === undefined) return undefined;
  return { kind: "user", number: proven.user, account: proven };
}

/** Finding 3: identity on INVITE rests on From and the source of a registration. */
function registeredFrom(core: Core, user: string, flow: Flow): boolean {
  return core.registrar.of(user).some((r) => {
    const sameAddress = r.flow.address === flow.address;
    return sameAddress && (core.knobs.sourceMatch === "ip" || r.flow.port === flow.port);
  });
}

export function inboundHolder(caller: Caller): string {
  if (caller.kind === "user") return `user:${caller.account.user}`;
  return caller.kind === "trunk" ? `trunk-in:${caller.trunk.name}` : `line-in:${caller.line.name}`;
}
