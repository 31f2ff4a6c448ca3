/** The calls there are, as people see them: plain data, times of the wall clock. */
import type { Side } from "@ringfence/policy";
import type { Millis } from "@ringfence/sip";
import type { Call, Leg } from "../call/call.ts";
import { sourceText } from "../egress.ts";
import type { EdgeState } from "../state.ts";

export interface LegLook {
  readonly side: Side;
  readonly transport: string;
  /** address:port of the socket's peer. */
  readonly source: string;
  readonly account: string | undefined;
  readonly trunk: string | undefined;
}

export interface CallLook {
  readonly id: string;
  readonly since: Millis;
  readonly answeredAt: Millis | undefined;
  readonly state: "early" | "up";
  readonly from: string;
  readonly to: string;
  readonly emergency: boolean;
  /** Id of the decision that let it in. */
  readonly decision: string;
  readonly a: LegLook;
  readonly b: LegLook;
}

/** What a phone is only asked its password for is no call yet. */
export function callLooks(state: EdgeState): readonly CallLook[] {
  return [...state.calls].filter(({ logged }) => logged).map((call) => callLook(state, call));
}

export function callLook({ stir: { wallOffset } }: EdgeState, call: Call): CallLook {
  const { id, startedAt, answeredAt, emergency, first, a, b } = call;
  return {
    id,
    since: Math.round(startedAt + wallOffset),
    answeredAt: answeredAt === undefined ? undefined : Math.round(answeredAt + wallOffset),
    state: call.state === "up" ? "up" : "early",
    from: a.user,
    to: b.user,
    emergency,
    decision: first.id,
    a: legLook(a),
    b: legLook(b),
  };
}

function legLook({ flow, account, trunk }: Leg): LegLook {
  return { side: flow.side, transport: flow.transport, source: sourceText(flow), account, trunk };
}
