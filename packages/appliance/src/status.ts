/** What `./ringfence status` shows: plain data, collected from whoever keeps it. */
import type { EdgeStatus } from "@ringfence/edge";
import type { MediaStatus } from "@ringfence/media";
import { type ConsoleStatus, consoleRow } from "./admin/console-status.ts";
import type { BackupStatus } from "./backup/backup-keeper.ts";
import { backupRows } from "./backup/backup-rows.ts";
import type { EngineInUse } from "./compose.ts";
import { defenceRows } from "./defence-rows.ts";
import { fraudRows, fraudWarning } from "./fraud-rows.ts";
import { type KernelStatus, kernelRow } from "./kernel/kernel-status.ts";
import { mediaRows } from "./media-rows.ts";
import { peerRows } from "./peer-rows.ts";
import type { ReloadReport } from "./reload-ports.ts";
import { suspensionRows } from "./suspension-desk.ts";

interface Listener {
  /** access: phones, and carriers without sockets of their own; trunks: carriers alone; core-phones, core-trunks: what the PBX sees. */
  readonly role: string;
  readonly transport: string;
  readonly address: string;
  readonly port: number;
}

export interface Status {
  readonly version: string;
  readonly node: string;
  readonly pid: number;
  readonly demo: boolean;
  readonly uptimeSeconds: number;
  /** No new calls; it ends when the last one has. */
  readonly draining: boolean;
  /** Keys of the configuration whose rules are only looked at: what they would refuse is let through. */
  readonly inShadow: readonly string[];
  readonly config: {
    readonly file: string;
    readonly generation: number;
    /** ISO 8601: without a confirmation until then, the generation before serves again. */
    readonly confirmUntil: string | null;
    /** Null until the first reload. */
    readonly lastReload: ReloadReport | null;
  };
  readonly listeners: readonly Listener[];
  /** What is known of sources, and what is held against whom. */
  readonly defence: Pick<EdgeStatus, "sources" | "datagrams" | "bans" | "dropped" | "trust" | "load">;
  readonly registrations: number;
  readonly calls: number;
  readonly transactions: { readonly server: number; readonly client: number };
  readonly timers: number;
  /** TCP, TLS and WebSocket. */
  readonly connections: number;
  readonly trunks: EdgeStatus["trunks"];
  /** Accounts that may not call. */
  readonly suspended: EdgeStatus["suspended"];
  readonly fraudService: NonNullable<EdgeStatus["fraudService"]> | null;
  readonly pbx: {
    readonly address: string;
    readonly reachable: boolean | null;
    /** Why it is not heard, when it is not. */
    readonly silence: "down" | "banned" | null;
    readonly nodes: readonly { readonly address: string; readonly up: boolean | null }[];
  };
  readonly media: {
    readonly engine: EngineInUse["name"];
    /** Why it is this one. */
    readonly why: string;
    readonly calls: number;
    readonly portsInUse: number;
    readonly portsDraining: number;
    readonly portsFree: number;
    readonly packetsRelayed: number;
    /** What moves the packets here; null with rtpengine. */
    readonly threads: MediaStatus["threads"] | null;
    /** Empty but for rtpengine. */
    readonly instances: MediaStatus["instances"];
    /** Calls whose sound is in trouble, and the worst marks. */
    readonly quality: MediaStatus["quality"];
  };
  readonly kernel: KernelStatus;
  /** Null: the configuration wants none. */
  readonly backup: BackupStatus | null;
  readonly metrics: { readonly address: string; readonly port: number };
  readonly console: ConsoleStatus | null;
  readonly warnings: readonly string[];
}

export interface StatusSources {
  readonly version: string;
  readonly demo: boolean;
  readonly file: string;
  readonly generation: number;
  readonly confirmUntil: string | undefined;
  readonly lastReload: ReloadReport | undefined;
  readonly edge: EdgeStatus;
  readonly media: MediaStatus;
  readonly engine: EngineInUse;
  readonly kernel: KernelStatus;
  readonly backup: BackupStatus | null;
  readonly metrics: { readonly address: string; readonly port: number };
  readonly console: ConsoleStatus | null;
  readonly warnings: readonly string[];
}

export function collectStatus(sources: StatusSources): Status {
  const { edge, media } = sources;
  return {
    version: sources.version,
    node: process.version,
    pid: process.pid,
    demo: sources.demo,
    uptimeSeconds: Math.floor(process.uptime()),
    draining: edge.draining,
    inShadow: edge.inShadow,
    config: {
      file: sources.file,
      generation: sources.generation,
      confirmUntil: sources.confirmUntil ?? null,
      lastReload: sources.lastReload ?? null,
    },
    listeners: edge.listeners.map(({ role, transport, address, port }) => ({ role, transport, address, port })),
    defence: {
      sources: edge.sources,
      datagrams: edge.datagrams,
      bans: edge.bans,
      dropped: edge.dropped,
      trust: edge.trust,
      load: edge.load,
    },
    registrations: edge.registrations,
    calls: edge.calls,
    transactions: { server: edge.transactions.server, client: edge.transactions.client },
    timers: edge.timers,
    connections: edge.connections,
    trunks: edge.trunks,
    suspended: edge.suspended,
    fraudService: edge.fraudService ?? null,
    pbx: {
      address: edge.pbx.address,
      reachable: edge.pbx.reachable ?? null,
      silence: edge.pbx.silence ?? null,
      nodes: edge.pbx.nodes.map(({ address, up }) => ({ address, up: up ?? null })),
    },
    media: {
      engine: sources.engine.name,
      why: sources.engine.why,
      calls: media.calls,
      portsInUse: media.portsInUse,
      portsDraining: media.portsDraining,
      portsFree: media.portsFree,
      packetsRelayed: media.packetsRelayed,
      threads: media.threads ?? null,
      instances: media.instances,
      quality: media.quality,
    },
    kernel: sources.kernel,
    backup: sources.backup,
    metrics: { address: sources.metrics.address, port: sources.metrics.port },
    console: sources.console,
    warnings: [...sources.warnings, ...edgeWarnings(edge)],
  };
}

/** Who does not answer that calls need, or should be judged by. */
export function edgeWarnings(edge: EdgeStatus): readonly string[] {
  return [...pbxWarning(edge), ...fraudWarning(edge.fraudService)];
}

/** The PBX that stopped answering everything has probably banned this address (it does after failed logins). */
function pbxWarning(edge: EdgeStatus): readonly string[] {
  if (edge.pbx.reachable !== false) return [];
  if (edge.pbx.silence === "banned") {
    return [
      `the PBX at ${edge.pbx.address} has probably banned this machine: it answered phones' requests and no longer does. Put the address of core.phones_from on its white list (Accept)`,
    ];
  }
  return [`the PBX at ${edge.pbx.address} does not answer. Is it up, and does its black list hold this machine?`];
}

/** For people; `--json` is for programs. */
export function formatStatus(status: Status): string {
  const rows: (readonly [string, string])[] = [
    ["ringfence", `${status.version}${status.demo ? " (demo)" : ""}, process ${status.pid}, Node ${status.node}`],
    ...(status.draining ? ([["state", "draining: no new calls, ends when the last one has"]] as const) : []),
    ...status.inShadow.map((key) => ["IN SHADOW", `${key}: decided, counted and logged, NOT acted on`] as const),
    ["up for", formatDuration(status.uptimeSeconds)],
    ["config", `${status.config.file}, generation ${status.config.generation}`],
    ...unconfirmed(status.config),
    ["last reload", formatReload(status.config.lastReload)],
    ["listening", listeners(status, "outside")],
    ["towards PBX", listeners(status, "inside")],
    ...peerRows(status),
    ["registrations", String(status.registrations)],
    ...suspensionRows(status.suspended),
    ...fraudRows(status.fraudService ?? undefined),
    ["calls", String(status.calls)],
    ...defenceRows(status.defence),
    kernelRow(status.kernel),
    ["transactions", `${status.transactions.server} server, ${status.transactions.client} client`],
    ["connections", String(status.connections)],
    ...mediaRows(status.media),
    ...backupRows(status.backup),
    ["metrics", `http://${hostPort(status.metrics.address, status.metrics.port)}/metrics`],
    consoleRow(status.console),
    ...status.warnings.map((warning) => ["warning", warning] as const),
  ];
  return rows.map(([name, value]) => `${name.padEnd(14)} ${value}`).join("\n");
}

function unconfirmed({ generation, confirmUntil }: Status["config"]): readonly (readonly [string, string])[] {
  if (confirmUntil === null) return [];
  return [
    ["UNCONFIRMED", `generation ${generation} goes back by itself at ${confirmUntil}: ./ringfence confirm keeps it`],
  ];
}

function listeners(status: Status, where: "outside" | "inside"): string {
  return status.listeners
    .filter(({ role }) => role.startsWith("core-") === (where === "inside"))
    .map(({ transport, address, port }) => `${transport} ${hostPort(address, port)}`)
    .join(", ");
}

function formatReload(report: ReloadReport | null): string {
  if (report === null) return "none since the start";
  const why = report.outcome === "refused" ? `: ${report.lines.join("; ")}` : "";
  return `${report.outcome} at ${report.at}${why}`;
}

function formatDuration(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3_600);
  const minutes = Math.floor((seconds % 3_600) / 60);
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

function hostPort(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
