/** What status() of edge and media says, as metrics: read at each scrape. */
import { type MediaStatus, qualityKinds } from "@ringfence/media";
import type { Composition } from "../compose.ts";
import type { Sample } from "./registry.ts";

export function sampleStatus({ edge, media }: Pick<Composition, "edge" | "media">): readonly Sample[] {
  const e = edge.status();
  const m = media.status();
  return [
    { name: "calls", value: e.calls },
    { name: "subscriptions", value: e.subscriptions },
    { name: "registrations", value: e.registrations },
    ...e.inShadow.map((key) => ({ name: "in_shadow", labels: { key }, value: 1 }) as const),
    ...Object.entries(e.dropped).map(
      ([reason, value]) => ({ name: "gate_dropped", labels: { reason }, value }) as const,
    ),
    ...Object.entries(e.bans).map(([kind, value]) => ({ name: "banned", labels: { kind }, value }) as const),
    ...Object.entries(e.trust).map(([level, value]) => ({ name: "trust", labels: { level }, value }) as const),
    { name: "overload_level", value: e.load.level },
    { name: "signalling_lag_seconds", value: e.load.lagMs / 1_000 },
    { name: "signalling_busy_ratio", value: e.load.busy },
    { name: "connections", value: e.connections },
    { name: "strangers", value: e.strangers },
    { name: "transactions", labels: { kind: "server" }, value: e.transactions.server },
    { name: "transactions", labels: { kind: "client" }, value: e.transactions.client },
    { name: "suspended_accounts", value: e.suspended.length },
    ...(e.fraudService === undefined ? [] : [known("fraud_service_answers", e.fraudService.answers)]),
    known("pbx_reachable", e.pbx.reachable),
    ...e.trunks.flatMap((trunk): readonly Sample[] => [
      { name: "trunk_calls", labels: { trunk: trunk.name }, value: trunk.calls },
      ...(["unknown", "up", "down"] as const).map((state) => ({
        name: "trunk_hosts" as const,
        labels: { trunk: trunk.name, state },
        value: trunk.hosts.filter((host) => host.state === state).length,
      })),
      ...(trunk.registration === undefined
        ? []
        : [
            {
              name: "trunk_registered" as const,
              labels: { trunk: trunk.name },
              value: Number(trunk.registration.state === "registered"),
            },
          ]),
    ]),
    { name: "pbx_banned", value: Number(e.pbx.silence === "banned") },
    ...e.pbx.nodes.map(({ address, up }) => {
      return { name: "pbx_node_up", labels: { node: address }, value: up === undefined ? -1 : Number(up) } as const;
    }),
    { name: "media_calls", value: m.calls },
    { name: "media_ports", labels: { state: "in_use" }, value: m.portsInUse },
    { name: "media_ports", labels: { state: "draining" }, value: m.portsDraining },
    { name: "media_ports", labels: { state: "free" }, value: m.portsFree },
    { name: "media_packets", value: m.packetsRelayed },
    { name: "media_bytes", value: m.bytesRelayed },
    ...Object.entries(m.dropped).map(
      ([reason, value]) => ({ name: "media_dropped", labels: { reason }, value }) as const,
    ),
    ...Object.entries(m.refused).map(
      ([reason, value]) => ({ name: "media_refused", labels: { reason }, value }) as const,
    ),
    ...qualitySamples(m.quality),
    { name: "media_bind_failures", value: m.bindFailures },
    { name: "media_engine_lost", value: m.engineLost },
    ...m.instances.flatMap(({ place, state, calls, sessions }): readonly Sample[] => [
      { name: "media_instance_up", labels: { place }, value: Number(state === "up") },
      { name: "media_instance_calls", labels: { place }, value: calls },
      { name: "media_instance_sessions", labels: { place }, value: sessions },
    ]),
    { name: "media_instance_timeouts", value: m.instanceTimeouts },
    { name: "media_instance_failovers", value: m.instanceFailovers },
  ];
}

function known<Name extends string>(
  name: Name,
  is: boolean | undefined,
): { readonly name: Name; readonly value: number } {
  return { name, value: is === undefined ? -1 : Number(is) };
}

function qualitySamples({ now, events, rtp }: MediaStatus["quality"]): readonly Sample[] {
  return [
    ...qualityKinds.flatMap((kind): readonly Sample[] => [
      { name: "media_troubled_calls", labels: { kind }, value: now[kind] },
      { name: "media_troubles", labels: { kind }, value: events[kind] },
    ]),
    ...Object.entries(rtp).flatMap(([side, { received, lost }]): readonly Sample[] => [
      { name: "media_rtp_received", labels: { side }, value: received },
      { name: "media_rtp_lost", labels: { side }, value: lost },
    ]),
  ];
}
