/** The calls, found by id, by the tag we gave a leg, and by the transactions in flight. */
import { Bug, type Deadline, type Millis, type Request } from "@ringfence/sip";
import { CappedMap } from "../capped-map.ts";
import type { LegName } from "../media-port.ts";
import type { Call, Leg } from "./call.ts";
import { leftBy, type Unwanted } from "./unwanted.ts";

/** More calls than any limit allows in `policy.limits.calls`: the table's own end, should the policy have none. */
export const MAX_CALLS = 20_000;

/** Connections lost within the time that phones have to come back. A call of one that is forgotten ends by its session timer. */
const MAX_LOST_FLOWS = 20_000;

export class CallTable {
  /** Connections that a registration was on, and when they broke: see lost-party.ts. */
  readonly lostFlows: { readonly at: CappedMap<string, Millis>; timer: Deadline | undefined } = {
    at: new CappedMap(MAX_LOST_FLOWS),
    timer: undefined,
  };
  readonly #calls = new Map<string, Call>();
  readonly #byTag = new Map<string, { readonly call: Call; readonly leg: Leg }>();
  readonly #byTransaction = new Map<number, Call>();
  readonly #unwanted = new Map<number, Unwanted>();
  readonly #perAccount = new Map<string, number>();
  readonly #perTrunk = new Map<string, number>();
  readonly #perTrunkOut = new Map<string, number>();
  #unregisteredEmergencies = 0;

  get size(): number {
    return this.#calls.size;
  }

  get full(): boolean {
    return this.#calls.size >= MAX_CALLS;
  }

  add(call: Call): void {
    if (this.full) throw new Bug("the policy admits no call into a full table");
    mustStayApart(call.a, call.b);
    this.#calls.set(call.id, call);
    if (isUnregisteredEmergency(call)) this.#unregisteredEmergencies++;
    for (const leg of [call.a, call.b]) this.#addLeg(call, leg);
  }

  /** Another host, perhaps another trunk: the old leg's tag means nothing from now on. */
  replaceFar(call: Call, leg: Leg): void {
    if (!this.#calls.has(call.id)) throw new Bug("a call that is over gets no new leg");
    mustStayApart(call.a, leg);
    this.#removeLeg(call, call.b);
    call.b = leg;
    this.#addLeg(call, leg);
  }

  #addLeg(call: Call, leg: Leg): void {
    this.#byTag.set(leg.localTag, { call, leg });
    step(this.#perAccount, leg.account, 1);
    step(this.#perTrunk, leg.trunk, 1);
    if (leg === call.b) step(this.#perTrunkOut, leg.trunk, 1);
  }

  #removeLeg(call: Call, leg: Leg): void {
    this.#byTag.delete(leg.localTag);
    step(this.#perAccount, leg.account, -1);
    step(this.#perTrunk, leg.trunk, -1);
    if (leg === call.b) step(this.#perTrunkOut, leg.trunk, -1);
  }

  get(id: string): Call | undefined {
    return this.#calls.get(id);
  }

  [Symbol.iterator](): IterableIterator<Call> {
    return this.#calls.values();
  }

  /** What each leg is called on its side, for who looks on. */
  *legs(): Generator<{ readonly call: string; readonly callId: string }> {
    for (const { id: call, a, b } of this.#calls.values()) {
      yield { call, callId: a.callId };
      yield { call, callId: b.callId };
    }
  }

  /** RFC 3261 §12.2.2: an in-dialog request names our tag in To, the peer's in From, and the Call-ID. */
  dialogOf(request: Request): { readonly call: Call; readonly leg: Leg } | undefined {
    const found = request.to.tag === undefined ? undefined : this.#byTag.get(request.to.tag);
    if (found === undefined || found.leg.callId !== request.callId) return undefined;
    const remote = found.leg.dialog?.remoteTag;
    if (remote === undefined || request.from.tag === undefined) return undefined;
    return remote === request.from.tag || isFork(found, request.from.tag) ? found : undefined;
  }

  /** The leg that we gave this tag. */
  legByTag(tag: string): { readonly call: Call; readonly leg: Leg } | undefined {
    return this.#byTag.get(tag);
  }

  bindTransaction(id: number, call: Call): void {
    this.#byTransaction.set(id, call);
  }

  /** A transaction has ended: nothing comes for it any more, and a call that lasts need not keep the INVITE that made it. */
  releaseTransaction(id: number): void {
    const call = this.#byTransaction.get(id);
    if (call?.exchange?.phase === "done" && call.exchange.clientTx === id) call.exchange = undefined;
    this.#byTransaction.delete(id);
    this.#unwanted.delete(id);
  }

  /** From now on the answers to this INVITE of ours mean nothing to the call; after its transaction none can come. */
  leaveBehind(clientTx: number, left: Unwanted): void {
    if (this.#byTransaction.delete(clientTx)) this.#unwanted.set(clientTx, left);
  }

  /** Transactions that lead to a call, or to what one left behind. */
  get inFlight(): number {
    return this.#byTransaction.size + this.#unwanted.size;
  }

  unwanted(clientTx: number): Unwanted | undefined {
    return this.#unwanted.get(clientTx);
  }

  byTransaction(id: number): Call | undefined {
    return this.#byTransaction.get(id);
  }

  ofAccount(account: string): number {
    return this.#perAccount.get(account) ?? 0;
  }

  /** Those of an account, in either direction. */
  withAccount(account: string): readonly Call[] {
    return [...this.#calls.values()].filter(({ a, b }) => a.account === account || b.account === account);
  }

  ofTrunk(trunk: string): number {
    return this.#perTrunk.get(trunk) ?? 0;
  }

  /** Those that we send to the carrier. */
  ofTrunkOut(trunk: string): number {
    return this.#perTrunkOut.get(trunk) ?? 0;
  }

  /** Emergency calls in progress from phones that are not registered. */
  get unregisteredEmergencies(): number {
    return this.#unregisteredEmergencies;
  }

  /** The call is over. What may still come for its INVITE is `unwanted` until the transaction ends by itself. */
  remove(call: Call): void {
    if (!this.#calls.delete(call.id)) return;
    if (isUnregisteredEmergency(call)) this.#unregisteredEmergencies--;
    for (const leg of [call.a, call.b]) this.#removeLeg(call, leg);
    const { exchange } = call;
    if (exchange === undefined) return;
    this.#byTransaction.delete(exchange.serverTx);
    const left = leftBy(call, exchange);
    if (exchange.clientTx !== undefined && left !== undefined) this.leaveBehind(exchange.clientTx, left);
  }
}

/** While nobody has answered, each fork that rang has a dialog with us (RFC 3261 §12.1). */
function isFork({ call, leg }: { readonly call: Call; readonly leg: Leg }, tag: string): boolean {
  const { exchange } = call;
  return call.state === "setup" && exchange !== undefined && exchange.from !== leg.name && exchange.early.has(tag);
}

function isUnregisteredEmergency(call: Call): boolean {
  return call.emergency && call.a.flow.side === "phone" && call.a.account === undefined;
}

/** pbx.md finding 2: a phone's call is at the PBX from the phones' socket, a carrier's from the trunks', whoever began it. */
function mustStayApart(one: Leg, other: Leg): void {
  if (kindOf(one) !== kindOf(other)) throw new Bug("a call between a phone's side and a carrier's");
}

function kindOf({ flow: { side, endpoint } }: Leg): "phone" | "trunk" {
  if (side === "core") return endpoint.role === "core-trunks" ? "trunk" : "phone";
  return side === "trunk" ? "trunk" : "phone";
}

export function legOf(call: Call, name: LegName): Leg {
  return name === "a" ? call.a : call.b;
}

function step(counts: Map<string, number>, key: string | undefined, by: number): void {
  if (key === undefined) return;
  const next = (counts.get(key) ?? 0) + by;
  // Threat L15: below zero would let one call too many through, without a word.
  if (next < 0) throw new Bug("a call is counted down more often than up");
  if (next > 0) counts.set(key, next);
  else counts.delete(key);
}
