/** Who is registered, as people see it. */
import type { Millis } from "@ringfence/sip";
import { trustOf } from "../defence/ladder.ts";
import { sourceText } from "../egress.ts";
import type { EdgeState } from "../state.ts";

export interface RegistrationLook {
  readonly account: string;
  readonly domain: string;
  /** What the phone said it is. */
  readonly device: string | undefined;
  readonly contact: string;
  readonly flow: string;
  readonly transport: string;
  readonly source: string;
  /** Undefined: before the process. */
  readonly since: Millis | undefined;
  readonly expires: Millis;
  readonly trust: "registered" | "proven";
  readonly otherFlows: number;
}

export function registrationLooks(state: EdgeState, now: Millis): readonly RegistrationLook[] {
  const { bindings } = state;
  const { wallOffset } = state.stir;
  return [...bindings.tokens()].flatMap((token): readonly RegistrationLook[] => {
    const binding = bindings.get(token);
    if (binding === undefined) return [];
    const { user, domain, device, contactUri, flow, since, expiresAt, others } = binding;
    return [
      {
        account: user,
        domain,
        device,
        contact: contactUri,
        flow: flow.id,
        transport: flow.transport,
        source: sourceText(flow),
        since: since === undefined ? undefined : Math.round(since + wallOffset),
        expires: Math.round(expiresAt + wallOffset),
        trust: trustOf(state, now, flow, binding) === "proven" ? "proven" : "registered",
        otherFlows: others.length,
      },
    ];
  });
}
