/**
 * Every metric, in one table: docs/metrics.md is proven equal to it in both directions.
 * A label value is one of a closed set, so that nothing a peer writes makes a new time series; any other becomes "other".
 */
import { gateVerdictNames } from "@ringfence/dgram-rate-limiter";
import { banReasons, closeReasons, endReasons, identityOutcomes, shadowRules, unheardReasons } from "@ringfence/edge";
import { rejectReasons } from "@ringfence/policy";
import { failureCodes, requestCheckNames, responseCheckNames, standardMethods } from "@ringfence/sip";
import { alertMetrics } from "../alerts/alert-metrics.ts";
import { backupCounters, backupGauges } from "../backup/backup-metrics.ts";
import { kernelMetrics } from "../kernel/kernel-metrics.ts";
import { logMetrics } from "../logs/log-metrics.ts";
import { recordCounters, recordGauges } from "../records/record-metrics.ts";
import { callHistograms, callMetrics } from "./call-metrics.ts";
import { fraudMetrics } from "./fraud-metrics.ts";
import { machineMetrics } from "./machine-metrics.ts";
import { mediaMetrics, side } from "./media-metrics.ts";

export interface MetricDefinition {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  /** Label name → its closed set of values; "ours": names of the configuration, or set once by the appliance. */
  readonly labels: Readonly<Record<string, readonly string[] | "ours">>;
  /** Upper ends, of a histogram. */
  readonly buckets?: readonly number[];
}

const method = [...standardMethods];

/** Filled by events of the edge; the names are those of its `EdgeCount`, and what the end of a call tells. */
export const edgeMetrics = {
  requests: {
    type: "counter",
    help: "Requests read, by the side they came from",
    labels: { side, method },
  },
  responses: {
    type: "counter",
    help: "Final and provisional responses sent, by the side they went to",
    labels: { side, class: ["1xx", "2xx", "3xx", "4xx", "5xx", "6xx"] },
  },
  refused: {
    type: "counter",
    help: "Requests refused, by reason; docs/errors.md lists the reasons",
    labels: { side, reason: Object.keys(rejectReasons) },
  },
  shadowed: {
    type: "counter",
    help: "What a rule in shadow would have refused, by rule; it was let through",
    labels: { rule: shadowRules },
  },
  malformed: {
    type: "counter",
    help: "Messages that could not be read or failed a check, by its name",
    labels: { side, code: [...failureCodes, ...requestCheckNames, ...responseCheckNames] },
  },
  unheard: {
    type: "counter",
    help: "Requests of strangers that got no answer, by reason",
    labels: { reason: unheardReasons },
  },
  bans: {
    type: "counter",
    help: "Bans and locks that began, by what is banned and why",
    labels: { kind: ["source", "suspect", "account"], reason: banReasons },
  },
  connections_closed: {
    type: "counter",
    help: "Connections ended or not taken, by reason",
    labels: { reason: closeReasons },
  },
  calls_started: { type: "counter", help: "Calls begun, by the side of the caller", labels: { side } },
  calls_ended: { type: "counter", help: "Calls ended, by reason", labels: { reason: endReasons } },
  keys_unheard: {
    type: "counter",
    help: "Calls answered where dtmf is info and the Allow of that end has no INFO",
    labels: { side },
  },
  registration_changes: {
    type: "counter",
    help: "Registrations added, refreshed, absorbed, removed, refused, expired, and seen in a new network",
    labels: { result: ["added", "refreshed", "absorbed", "removed", "refused", "expired", "new_address"] },
  },
  authentications: {
    type: "counter",
    help: "Passwords checked by Ringfence itself, and requests held back after too many wrong ones",
    labels: { result: ["passed", "challenged", "failed", "stale", "replayed", "held"] },
  },
  amplification_dropped: {
    type: "counter",
    help: "Answers not sent because they are larger than what an unvalidated source sent",
    labels: {},
  },
  trunk_failovers: {
    type: "counter",
    help: "Calls that went on to the next host, by the trunk that failed and why",
    labels: { trunk: "ours", reason: ["silent", "lost", "refused"] },
  },
  trunk_registrations: {
    type: "counter",
    help: "Registrations with a carrier that began to hold, or failed",
    labels: { trunk: "ours", result: ["registered", "failed"] },
  },
  trunk_host_changes: {
    type: "counter",
    help: "Times a carrier's host was found up or down",
    labels: { trunk: "ours", state: ["up", "down"] },
  },
  identity_verifications: {
    type: "counter",
    help: "Calls of carriers whose caller's signature was looked at, by what was found",
    labels: { trunk: "ours", outcome: identityOutcomes, attest: ["A", "B", "C", "none"] },
  },
  credential_fetches: {
    type: "counter",
    help: "Certificates of signers fetched, refused for their address, or not to be had",
    labels: { result: ["fetched", "refused", "unreachable"] },
  },
  identity_signatures: {
    type: "counter",
    help: "Calls signed towards a carrier, by attestation",
    labels: { trunk: "ours", attest: ["A", "B", "C"] },
  },
  ...fraudMetrics,
  ...callMetrics,
  bugs: { type: "counter", help: "Messages or calls given up because of a fault of Ringfence itself", labels: {} },
} as const satisfies Record<string, MetricDefinition>;

/** Of calls as they end. */
export const histogramMetrics = callHistograms satisfies Record<string, MetricDefinition>;

/** Read at each scrape, most of them from status() of edge and media. */
export const statusMetrics = {
  calls: { type: "gauge", help: "Calls now, being set up or up", labels: {} },
  subscriptions: { type: "gauge", help: "Subscriptions of phones now", labels: {} },
  registrations: { type: "gauge", help: "Registered contacts now", labels: {} },
  gate_dropped: {
    type: "counter",
    help: "Datagrams, connections and messages dropped before they were read",
    labels: { reason: [...gateVerdictNames.filter((name) => name !== "pass"), "stranger", "no-turn"] },
  },
  banned: {
    type: "gauge",
    help: "Sources banned or suspect and accounts locked now",
    labels: { kind: ["source", "suspect", "account"] },
  },
  ...kernelMetrics,
  ...logMetrics,
  secret_age_seconds: {
    type: "gauge",
    help: "Since when a configured password or key is the same; of accounts the oldest",
    labels: { secret: "ours" },
  },
  in_shadow: {
    type: "gauge",
    help: "1 for each key of the configuration whose rules are only looked at",
    labels: { key: "ours" },
  },
  trust: {
    type: "gauge",
    help: "Registrations now by how far they are trusted",
    labels: { level: ["registered", "proven"] },
  },
  overload_level: {
    type: "gauge",
    help: "Who is refused because of overload: 0 nobody to 3 all but the proven",
    labels: {},
  },
  signalling_lag_seconds: {
    type: "gauge",
    help: "How late the signalling is, queues of its sockets included",
    labels: {},
  },
  signalling_busy_ratio: { type: "gauge", help: "Share of time in which the signalling thread has work", labels: {} },
  connections: { type: "gauge", help: "TCP, TLS and WebSocket connections now", labels: {} },
  strangers: { type: "gauge", help: "Connections now on which nobody has registered", labels: {} },
  transactions: { type: "gauge", help: "SIP transactions now", labels: { kind: ["server", "client"] } },
  suspended_accounts: { type: "gauge", help: "Accounts that may not call now", labels: {} },
  fraud_service_answers: {
    type: "gauge",
    help: "1: the fraud service answers, 0: it does not and is left alone, -1: not heard yet",
    labels: {},
  },
  pbx_reachable: { type: "gauge", help: "1: the PBX answers, 0: it does not, -1: not known yet", labels: {} },
  trunk_hosts: {
    type: "gauge",
    help: "Places that a trunk's hosts stand for, by what is known of them",
    labels: { trunk: "ours", state: ["unknown", "up", "down"] },
  },
  trunk_calls: { type: "gauge", help: "Calls of a trunk now, both directions", labels: { trunk: "ours" } },
  trunk_registered: {
    type: "gauge",
    help: "1: our registration with that carrier holds, 0: it does not; only of trunks that register",
    labels: { trunk: "ours" },
  },
  pbx_banned: { type: "gauge", help: "1: the PBX has probably banned this machine", labels: {} },
  pbx_node_up: {
    type: "gauge",
    help: "1: this node of the PBX answers, 0: it does not, -1: not known yet",
    labels: { node: "ours" },
  },
  capture_packets: {
    type: "counter",
    help: "Packets for the collector of captures: sent, or dropped because it does not keep up or is away",
    labels: { result: ["sent", "dropped"] },
  },
  ...mediaMetrics,
  ...machineMetrics,
  ...backupGauges,
  ...alertMetrics,
  ...recordGauges,
} as const satisfies Record<string, MetricDefinition>;

/** Kept by the appliance itself. */
export const applianceMetrics = {
  config_last_reload_success: {
    type: "gauge",
    help: "1: the last reload was taken over, 0: it was refused",
    labels: {},
  },
  config_last_reload_timestamp_seconds: {
    type: "gauge",
    help: "When the configuration in force was loaded",
    labels: {},
  },
  config_generation: { type: "gauge", help: "Counts configurations taken over since the start, from 1", labels: {} },
  last_stop_clean: {
    type: "gauge",
    help: "1: the process before this one ended as it was asked to, 0: it crashed or was killed",
    labels: {},
  },
  log_lines_lost: {
    type: "counter",
    help: "Log lines dropped because the output does not take them",
    labels: { output: ["standard", "file", "syslog"] },
  },
  ...recordCounters,
  ...backupCounters,
  build_info: { type: "gauge", help: "Always 1; the labels say what runs", labels: { version: "ours", node: "ours" } },
} as const satisfies Record<string, MetricDefinition>;

/** `ringfence_calls`, `ringfence_requests_total`: counters end in _total, as Prometheus asks. */
export function metricName(name: string, definition: MetricDefinition): string {
  return `ringfence_${name}${definition.type === "counter" ? "_total" : ""}`;
}
