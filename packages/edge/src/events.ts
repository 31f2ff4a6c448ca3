/** What the edge tells the outside: log lines as data, and counters by closed names. Formatting and masking are the appliance's. */
import type { Ban, gateVerdictNames } from "@ringfence/dgram-rate-limiter";
import type { Attestation, FraudAction, Side, SuspensionReason } from "@ringfence/policy";
import type { unheardReasons } from "./defence/hearing.ts";
import type { FraudReason } from "./fraud/fraud.ts";
import type { questionResults } from "./fraud/service-question.ts";
import type { CloseReason } from "./io/close-reason.ts";
import type { ShadowRule } from "./shadow.ts";
import type { IdentityOutcome } from "./stir/outcome.ts";

export type Level = "debug" | "info" | "warn" | "error";

/** One line a transaction, call, registration change or refusal. Field names are fixed; the appliance masks by name. */
export type EdgeEvent = {
  readonly event:
    | "request"
    | "refused"
    | "shadow"
    | "ban"
    | "registration"
    | "call"
    | "pbx"
    | "trunk"
    | "identity"
    | "fraud"
    | "overload"
    | "connection"
    | "listener"
    | "malformed"
    | "bug";
  readonly level: Level;
  readonly side?: Side | undefined;
  readonly trunk?: string | undefined;
  readonly transport?: string | undefined;
  /** IP address and port of the socket's peer. */
  readonly source?: string | undefined;
  readonly method?: string | undefined;
  readonly status?: number | undefined;
  readonly reason?: string | undefined;
  readonly rule?: string | undefined;
  readonly decision?: string | undefined;
  readonly call?: string | undefined;
  readonly account?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Of a call: 0 when it was not answered. Of a ban: how long it stands. */
  readonly duration_ms?: number | undefined;
  /** Of a call: until the first sign of the called party. */
  readonly ring_ms?: number | undefined;
  readonly setup_ms?: number | undefined;
  /** What was found about who signed the caller's number, or that we signed it, with the attestation. */
  readonly identity?: string | undefined;
  /** Who calls, where a carrier or the PBX asserts another than its From shows. */
  readonly asserted?: string | undefined;
  readonly ended_by?: string | undefined;
  /** That the call might begin, where `decision` is a later one. */
  readonly first_decision?: string | undefined;
  readonly emergency?: true | undefined;
  /** The carrier's host that had the call last, as the configuration or DNS names it. */
  readonly host?: string | undefined;
  /** The called one's side; what has no such letter before it is of the caller's. */
  readonly b_side?: Side | undefined;
  readonly b_transport?: string | undefined;
  readonly b_source?: string | undefined;
  /** As each side knows the call: to be found again in its own records. */
  readonly a_call_id?: string | undefined;
  readonly b_call_id?: string | undefined;
  readonly detail?: string | undefined;
  /** The beginning of the message that a fault is about, as it came. */
  readonly bytes?: Uint8Array | undefined;
  /** Lines like this one that were left out since the last, because a flood must not become a flood of log lines. */
  readonly suppressed?: number | undefined;
};

/** What the gate says of an unwelcome datagram, who is not heard at all, and what got no turn in time (overload/inbox.ts). */
export type GateDropReason = Exclude<(typeof gateVerdictNames)[number], "pass"> | "stranger" | "no-turn";

/** Counters of the edge; each is a metric with labels from closed sets only. */
export type EdgeCount =
  | { readonly name: "requests"; readonly side: Side; readonly method: string }
  | { readonly name: "responses"; readonly side: Side; readonly class: "1xx" | "2xx" | "3xx" | "4xx" | "5xx" | "6xx" }
  | { readonly name: "refused"; readonly side: Side; readonly reason: string; readonly decision: string }
  | { readonly name: "shadowed"; readonly rule: ShadowRule }
  | { readonly name: "unheard"; readonly reason: (typeof unheardReasons)[number] }
  | { readonly name: "bans"; readonly kind: Ban["kind"]; readonly reason: string }
  | { readonly name: "malformed"; readonly side: Side; readonly code: string }
  | { readonly name: "connections_closed"; readonly reason: CloseReason }
  | { readonly name: "calls_started"; readonly side: Side }
  | { readonly name: "calls_ended"; readonly reason: string }
  | { readonly name: "keys_unheard"; readonly side: Side }
  | {
      readonly name: "registrations";
      readonly result: "added" | "refreshed" | "absorbed" | "removed" | "refused" | "expired" | "new_address";
    }
  | {
      readonly name: "authentications";
      readonly result: "passed" | "challenged" | "failed" | "stale" | "replayed" | "held";
    }
  | { readonly name: "amplification_dropped" }
  | { readonly name: "trunk_failovers"; readonly trunk: string; readonly reason: "silent" | "lost" | "refused" }
  | { readonly name: "trunk_registrations"; readonly trunk: string; readonly result: "registered" | "failed" }
  | { readonly name: "trunk_host_changes"; readonly trunk: string; readonly state: "up" | "down" }
  | {
      readonly name: "identity_verifications";
      readonly trunk: string;
      readonly outcome: IdentityOutcome;
      readonly attest: Attestation | "none";
    }
  | { readonly name: "credential_fetches"; readonly result: "fetched" | "refused" | "unreachable" }
  | { readonly name: "identity_signatures"; readonly trunk: string; readonly attest: Attestation }
  | { readonly name: "frauds"; readonly reason: FraudReason; readonly action: FraudAction }
  | { readonly name: "fraud_questions"; readonly result: (typeof questionResults)[number] }
  | { readonly name: "suspensions"; readonly reason: SuspensionReason }
  | { readonly name: "bugs" };
