/** A call that somebody once made, from a capture, a record of decisions or one of calls, and what a policy says about it. */
import { dialledText } from "@ringfence/edge";
import type { Load, Policy, SignalSubject, Transport, Verdict } from "@ringfence/policy";
import { parseUri } from "@ringfence/sip";
import { asTarget } from "../explain-call.ts";

export interface RecordedCall {
  /** Milliseconds since 1970: the rules see this time. */
  readonly at: number;
  /** Address of who sent the INVITE. */
  readonly source: string;
  readonly transport: Transport;
  /** `pbx`: to a phone; `pbx-out`: to a carrier; `outside`: the rules say who it is, by its address. */
  readonly sender: "outside" | "pbx" | "pbx-out";
  /** Of a phone: the account registered there. */
  readonly account: string | undefined;
  /** Request-URI. */
  readonly target: string;
  readonly size: number;
  readonly headerCount: number;
  /** What else was in use. */
  readonly load: Load;
  /** What was decided then; undefined: it is not in the record. */
  readonly was: Said | undefined;
}

export interface Said {
  readonly action: Verdict["action"];
  readonly reason: string | undefined;
  /** The rule that refused: its note, and its place in a file where that is known. */
  readonly rule: string | undefined;
}

/** Undefined: the Request-URI cannot be read, and no rule would ever see it. */
export function subjectUnder(call: RecordedCall, policy: Policy): SignalSubject | undefined {
  const uri = parseUri(call.target);
  if (uri === undefined) return undefined;
  const target = asTarget(uri);
  const { side, trunk } = originOf(call, policy, target.targetUser);
  return {
    side,
    trunk,
    packetSource: call.source,
    transport: call.transport,
    method: "INVITE",
    inDialog: false,
    size: call.size,
    headerCount: call.headerCount,
    ...target,
    number: policy.readNumber(dialledText(uri), trunk),
    account: side === "phone" ? call.account : undefined,
    at: call.at,
    load: call.load,
  };
}

function originOf({ sender, source }: RecordedCall, policy: Policy, user = ""): Pick<SignalSubject, "side" | "trunk"> {
  if (sender !== "outside") return { side: "core", trunk: sender === "pbx" ? undefined : policy.trunkFor(user) };
  const origin = policy.sideOf(source);
  return { side: origin.side, trunk: origin.side === "trunk" ? origin.trunk : undefined };
}
