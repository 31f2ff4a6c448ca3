/** A binding as it outlives the process: plain data in the wall clock's time, its UDP flow named by socket and address. */
import { datagramFlow, type Flow } from "../flow.ts";
import type { CoreSettings } from "../settings.ts";
import type { Binding } from "./binding.ts";
import { phoneSeconds } from "./lifetime.ts";

export interface KeptBinding {
  readonly token: string;
  readonly aor: string;
  readonly user: string;
  readonly domain: string;
  readonly shownDomain: string;
  readonly contactUri: string;
  readonly callId: string;
  readonly cseq: number;
  readonly ice?: boolean | undefined;
  readonly endpoint: string;
  readonly address: string;
  readonly port: number;
  /** Milliseconds of the wall clock, as all times here. */
  readonly pbxUntil: number;
  readonly confirmedAt: number;
  readonly provenAt: number;
}

/** Where registrations outlive the process. `wallOffset`: what to add to the edge's time for the wall clock's. */
export interface BindingKeeper {
  /** 32 octets, the same at every start: then the PBX sees the same Contact for the same phone. */
  readonly secret: Uint8Array;
  readonly restored: readonly KeptBinding[];
  keep(token: string, binding: KeptBinding | undefined): void;
}

/** Undefined for a connection: it ends with the process, and so does its binding. */
export function keptBinding(binding: Binding, wallOffset: number): KeptBinding | undefined {
  const { flow, token, aor, user, domain, shownDomain, contactUri, callId, cseq, ice } = binding;
  if (flow.reliable) return undefined;
  return {
    ...{ token, aor, user, domain, shownDomain, contactUri, callId, cseq, ice },
    endpoint: flow.endpoint.id,
    ...flow.packetSource,
    pbxUntil: binding.pbxUntil + wallOffset,
    confirmedAt: binding.confirmedAt + wallOffset,
    provenAt: binding.provenAt + wallOffset,
  };
}

/**
 * Undefined when the PBX no longer keeps it, its socket is gone or its source may not speak any more. The phone gets one
 * of its times to refresh: absorbed refreshes are not written down, so when the last one was is not known.
 */
export function restoredBinding(
  settings: CoreSettings,
  now: number,
  kept: KeptBinding,
  wallOffset: number,
): Binding | undefined {
  const { endpoint: id, address, port, ...rest } = kept;
  const pbxUntil = kept.pbxUntil - wallOffset;
  const endpoint = settings.endpoints.find((e) => e.id === id && e.role === "access" && e.transport === "udp");
  if (endpoint === undefined || pbxUntil <= now || settings.policy.isDenied(address)) return undefined;
  if (settings.policy.sideOf(address).side !== "phone") return undefined;
  if (settings.accounts !== undefined && !settings.accounts.has(kept.user)) return undefined;
  const flow: Flow = datagramFlow(endpoint, { address, port }, "phone");
  const left = (pbxUntil - now) / 1000;
  return {
    ...rest,
    flow,
    others: [],
    pbxUntil,
    expiresAt: now + phoneSeconds(settings, flow, left, left) * 1000,
    // A clock that was set back must not make a proof that lies ahead.
    confirmedAt: Math.min(now, kept.confirmedAt - wallOffset),
    provenAt: Math.min(now, kept.provenAt - wallOffset),
  };
}
