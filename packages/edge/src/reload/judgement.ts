/** What stands, judged by the rules of a reload: calls that they forbid, registrations that they would not take. */
import { Origins } from "../origin.ts";
import type { Binding, OneFlow } from "../registrar/binding.ts";
import { type CoreSettings, servedDomain } from "../settings.ts";
import type { EdgeState } from "../state.ts";
import { callVerdict, type Forbidden, OlderCalls } from "./call-verdict.ts";

export interface ForbiddenCall extends Forbidden {
  readonly call: string;
}

export interface Judgement {
  readonly calls: readonly ForbiddenCall[];
  /** Tokens of registrations of accounts, domains or sources that are not served any more. */
  readonly registrations: readonly string[];
  /** Tokens of registrations whose socket closes: nobody is reached there. */
  readonly unreachable: readonly string[];
}

export function judge(state: EdgeState): Judgement {
  const origins = new Origins(state.settings);
  const older = new OlderCalls();
  const calls: ForbiddenCall[] = [];
  for (const call of state.calls) {
    const forbidden = callVerdict(state, origins, call, older);
    if (forbidden === undefined) older.add(call);
    else calls.push({ ...forbidden, call: call.id });
  }
  const registrations: string[] = [];
  const unreachable: string[] = [];
  for (const token of state.bindings.tokens()) {
    const binding = state.bindings.get(token);
    if (binding === undefined) continue;
    const flows = [binding, ...binding.others];
    const { settings } = state;
    if (!servesAccount(settings, binding) || flows.some((one) => isForbidden(settings, origins, one))) {
      registrations.push(token);
    } else if (flows.some((one) => isClosing(settings, one))) unreachable.push(token);
  }
  return { calls, registrations, unreachable };
}

export function servesAccount(settings: CoreSettings, { user, domain }: Binding): boolean {
  return servedDomain(settings, domain) !== undefined && settings.accounts?.has(user) !== false;
}

export function isForbidden({ policy }: CoreSettings, origins: Origins, { flow }: OneFlow): boolean {
  const { address } = flow.packetSource;
  return policy.isDenied(address) || origins.trunkAt(address) !== undefined;
}

/** A connection outlives its listener; a socket for datagrams has nothing else. */
export function isClosing({ endpoints }: CoreSettings, { flow }: OneFlow): boolean {
  return !flow.reliable && !endpoints.some(({ id }) => id === flow.endpoint.id);
}
