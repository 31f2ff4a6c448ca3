/** The second leg of a call before it exists: everything that its first request says. */
import type { Attestation } from "@ringfence/policy";
import type { Flow } from "../flow.ts";
import type { Binding } from "../registrar/binding.ts";
import type { RelayedCredentials } from "../registrar/credentials.ts";
import type { Candidate } from "./carrier.ts";

export interface Route {
  readonly flow: Flow;
  readonly requestUri: string;
  /** From and To on the new leg, without tag: rebuilt, so that no address of the old leg crosses. */
  readonly from: { readonly uri: string; readonly displayName: string | undefined };
  readonly to: string;
  readonly contact: string;
  readonly credentials: RelayedCredentials | undefined;
  /** The phone behind the new leg, when there is one. */
  readonly binding: Binding | undefined;
  /** The phone behind the old leg, when there is one. */
  readonly caller: Binding | undefined;
  readonly trunk: string | undefined;
  /** The carrier's host behind the new leg, and those to try when it fails. */
  readonly candidate?: Candidate;
  readonly alternatives?: readonly Candidate[];
  /** The caller by a header other than From. */
  readonly asserted?: string | undefined;
  /** Said in an Identity header of ours. */
  readonly attest?: Attestation | undefined;
  /** More for the first INVITE: who calls, who forwarded. Built here, never copied. */
  readonly headers?: readonly (readonly [string, string])[];
}

/** As the call's last line says it. */
export function signedBy({ attest }: Route): string | undefined {
  return attest === undefined ? undefined : `signed-${attest}`;
}

export type Routed = Route | { readonly status: number; readonly phrase: string };

/** The default port is not written: some peers compare request lines as text. */
export function portOf(peer: { readonly port: number; readonly transport: string }): { port?: number } {
  const standard = peer.transport === "tls" ? 5061 : 5060;
  return peer.port === standard ? {} : { port: peer.port };
}

export const noPbx = { status: 503, phrase: "No socket towards the PBX" } as const;
