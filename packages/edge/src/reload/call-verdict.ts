/**
 * Would the rules in force let this call begin? The same `decideSignal` as for its INVITE, with what it began with. How many calls
 * there may be is asked in the order of their beginning: the oldest stay. How fast calls begin, and how much of an hour or a day is
 * used, are questions to a call that begins; minutes and money end a call by themselves (`use/cut.ts`).
 */
import type { Load, RejectReason, RuleTrace, SignalSubject } from "@ringfence/policy";
import type { Call, Leg } from "../call/call.ts";
import type { Origins } from "../origin.ts";
import type { EdgeState } from "../state.ts";

/** As a refusal has it: for `explain`. */
export interface Forbidden {
  readonly rule: RuleTrace["rule"];
  readonly reason: RejectReason;
  readonly chain: readonly RuleTrace[];
  /** What the rules were asked; undefined where who is in the call is enough. */
  readonly subject?: SignalSubject | undefined;
}

const denied = because("source", "source-denied", "a party of the call is denied", "defence.deny");
const strangers: Readonly<Record<"phone" | "trunk", Forbidden>> = {
  phone: because("identity", "not-registered", "the account of a party may not register any more"),
  trunk: because("identity", "unknown-trunk", "the trunk is gone, or its address is", "trunks[].from"),
};

function because(rule: RuleTrace["rule"], reason: RejectReason, note: string, key?: string): Forbidden {
  return { rule, reason, chain: [{ rule, outcome: "reject", note, key }] };
}

export function callVerdict(state: EdgeState, origins: Origins, call: Call, older: OlderCalls): Forbidden | undefined {
  if (isEmergency(state, call)) return undefined;
  const stranger = legVerdict(state, origins, call.a) ?? legVerdict(state, origins, call.b);
  if (stranger !== undefined) return stranger;
  const subject = subjectOf(state, call, older);
  const verdict = state.settings.policy.decideSignal(subject);
  if (verdict.action === "allow") return undefined;
  const { rule, reason, chain } = verdict;
  return { rule, reason, chain, subject };
}

/** By the rules it began under, or by those in force now: such a call never ends for a rule. */
function isEmergency({ settings }: EdgeState, { emergency, begun }: Call): boolean {
  const { targetScheme: scheme, targetUser: user, targetRaw: raw } = begun;
  return emergency || settings.policy.isEmergency({ scheme, user, raw });
}

/** May this party be in a call at all? Where the PBX is, is no rule: it was asked when the call began. */
function legVerdict({ settings }: EdgeState, origins: Origins, { name, flow, account }: Leg): Forbidden | undefined {
  if (flow.side === "core") return undefined;
  const { address } = flow.packetSource;
  if (settings.policy.isDenied(address)) return denied;
  if (flow.side === "phone") {
    const isKnown = account === undefined || settings.accounts?.has(account) !== false;
    return isKnown && origins.trunkAt(address) === undefined ? undefined : strangers.phone;
  }
  const there = settings.trunks.some(({ config }) => config.name === flow.trunk);
  // Whom we call may be where nobody calls from.
  return there && (name === "b" || origins.trunkAt(address) !== undefined) ? undefined : strangers.trunk;
}

function subjectOf({ settings }: EdgeState, { a, b, begun }: Call, older: OlderCalls): SignalSubject {
  const { dialled, ...said } = begun;
  const { side, transport, packetSource } = a.flow;
  const trunk = side === "phone" ? undefined : (a.trunk ?? b.trunk);
  return {
    ...said,
    side,
    trunk,
    packetSource: packetSource.address,
    transport,
    method: "INVITE",
    inDialog: false,
    number: settings.policy.readNumber(dialled, trunk),
    account: side === "phone" ? a.account : undefined,
    load: older.load(a, trunk),
  };
}

/** The calls that stay, counted as a new call would find them. */
export class OlderCalls {
  #all = 0;
  readonly #ofAccount = new Map<string, number>();
  readonly #ofTrunk = new Map<string, number>();

  add({ a, b }: Call): void {
    this.#all++;
    for (const { account } of [a, b]) step(this.#ofAccount, account);
    step(this.#ofTrunk, a.trunk && `${a.trunk} in`);
    step(this.#ofTrunk, b.trunk && `${b.trunk} out`);
  }

  load({ flow, account }: Leg, trunk: string | undefined): Load {
    const of = (way: "in" | "out"): number => this.#ofTrunk.get(`${trunk} ${way}`) ?? 0;
    return {
      calls: this.#all,
      callsThisSecond: 0,
      callsOfAccount: account === undefined ? 0 : (this.#ofAccount.get(account) ?? 0),
      callsOfTrunk: of("in") + of("out"),
      callsOfTrunkThisWay: of(flow.side === "trunk" ? "in" : "out"),
      callsOfTrunkThisSecond: 0,
      unregisteredEmergencies: 0,
      use: { callsThisHour: 0, msToday: 0, spentToday: 0 },
    };
  }
}

function step(counts: Map<string, number>, key: string | undefined): void {
  if (key !== undefined && key !== "") counts.set(key, (counts.get(key) ?? 0) + 1);
}
