/**
 * RFC 5626 on the phone's side: one phone (`+sip.instance`) may hold several flows (`reg-id`), so that a call reaches it
 * when one of them breaks. Towards the PBX, which knows nothing of this, they are one Contact (pbx.md finding 5).
 */
import type { Millis, NameAddr, Request } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import type { Binding, OneFlow } from "./binding.ts";
import { parseSeconds } from "./seconds.ts";

/** Flows of one phone besides the newest; RFC 5626 §4.2 expects two in all. */
const MAX_OTHER_FLOWS = 3;
/** RFC 5626 §4.2.1: reg-id is 1 to 2^31 - 1. */
const MAX_REG_ID = 2 ** 31 - 1;
/** Seconds within which the phone should be heard of on a stream (§4.4.1); we close well after. */
const FLOW_TIMER = 120;

/** The flow's number, when the phone asks for outbound: all three of option tag, instance and reg-id (§6). */
export function regIdOf(request: Request, contact: NameAddr): number | undefined {
  const instance = contact.params.some((p) => p.name === "+sip.instance" && p.value !== undefined);
  const text = contact.params.find((p) => p.name === "reg-id")?.value;
  const id = text === undefined ? undefined : parseSeconds(text);
  if (!instance || id === undefined || id < 1 || id > MAX_REG_ID) return undefined;
  return supportsOutbound(request) ? id : undefined;
}

function supportsOutbound(request: Request): boolean {
  const tags = request.headers.all("Supported").flatMap((value) => value.split(","));
  return tags.some((tag) => tag.trim().toLowerCase() === "outbound");
}

/** What a binding keeps of its older flows when the phone registers over `flow`: none when it does not ask for outbound. */
export function otherFlows(known: Binding | undefined, flow: Flow, regId: number | undefined): readonly OneFlow[] {
  if (known === undefined || regId === undefined || known.regId === undefined) return [];
  const { regId: before, flow: last, ice, contactUri, callId, cseq, expiresAt } = known;
  const all = [...known.others, { regId: before, flow: last, ice, contactUri, callId, cseq, expiresAt }];
  return all.filter((other) => other.regId !== regId && other.flow.id !== flow.id).slice(-MAX_OTHER_FLOWS);
}

/** The binding over the newest flow that is not gone (§5.3); undefined when none is left. */
export function withoutFlows(binding: Binding, now: Millis, isGone: (flow: OneFlow) => boolean): Binding | undefined {
  const left = binding.others.filter((other) => !isGone(other) && other.expiresAt > now);
  if (!isGone(binding)) return { ...binding, others: left };
  const next = left.at(-1);
  return next === undefined ? undefined : { ...binding, ...next, others: left.slice(0, -1) };
}

/** §4.2: `expires=0` with a reg-id ends that flow; the registration lives on while the phone has another. */
export function endsOneFlow(
  binding: Binding | undefined,
  now: Millis,
  { expires, regId }: { readonly expires: number; readonly regId?: number | undefined },
): boolean {
  if (binding === undefined || expires !== 0 || regId === undefined) return false;
  return withoutFlows(binding, now, (flow) => flow.regId === regId) !== undefined;
}

/** §6: the answer says that outbound is in use, and on a stream how often to be heard of. */
export function outboundHeaders(flow: Flow, used: boolean): readonly (readonly [string, string])[] {
  if (!used) return [];
  const timer = flow.reliable ? ([["Flow-Timer", String(FLOW_TIMER)]] as const) : [];
  return [["Require", "outbound"], ["Supported", "outbound"], ...timer];
}
