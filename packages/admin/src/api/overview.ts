/** Numbers of now, their last hour, and what happens while one looks. */
import { z } from "zod";
import { pbx } from "./peers.ts";
import { moment, type Route } from "./route.ts";

export const overview = z.object({
  at: moment,
  version: z.string(),
  demo: z.boolean(),
  uptimeSeconds: z.number(),
  draining: z.boolean(),
  healthy: z.boolean(),
  /** Whole sentences. */
  problems: z.array(z.string()),
  warnings: z.array(z.string()),
  /** Keys of the configuration whose rules are only looked at. */
  inShadow: z.array(z.string()),
  config: z.object({
    file: z.string(),
    generation: z.int(),
    /** Null: nothing waits for a confirmation. */
    confirmUntil: moment.nullable(),
    lastReload: z.object({ at: moment, outcome: z.enum(["applied", "unchanged", "refused"]) }).nullable(),
  }),
  calls: z.int(),
  registrations: z.int(),
  connections: z.int(),
  bans: z.object({ source: z.int(), suspect: z.int(), account: z.int() }),
  suspended: z.int(),
  trust: z.object({ registered: z.int(), proven: z.int() }),
  openAlerts: z.int(),
  attemptsPerSecond: z.number(),
  refusedPerSecond: z.number(),
  load: z.object({ level: z.int(), lagMs: z.number(), busy: z.number(), fill: z.number() }),
  pbx,
  trunks: z.array(z.object({ name: z.string(), calls: z.int(), up: z.int(), hosts: z.int() })),
  quality: z.object({
    oneWay: z.int(),
    silent: z.int(),
    poor: z.int(),
    /** Mean of the last marks of all calls; null: nobody talks. */
    mos: z.number().nullable(),
  }),
  media: z.object({ engine: z.string(), calls: z.int(), portsInUse: z.int(), portsFree: z.int() }),
});
export type Overview = z.output<typeof overview>;

/** attempts and refused: per second. mos: mean of the marks. lag: milliseconds. Gaps are null. */
export const seriesNames = ["calls", "registrations", "attempts", "refused", "bans", "mos", "lag", "loss"] as const;
export type SeriesName = (typeof seriesNames)[number];

export const history = z.object({
  /** Of the first point. */
  from: moment,
  stepMs: z.int(),
  series: z.partialRecord(z.enum(seriesNames), z.array(z.number().nullable())),
});
export type History = z.output<typeof history>;

/** A log line as `./ringfence log` shows it, masked for whoever reads it; its other fields are those of docs/logs. */
export const liveLine = z.looseObject({ at: moment, level: z.string(), event: z.string() });
export type LiveLine = z.output<typeof liveLine>;

/** What `GET /events` sends: `event: NAME`, `data: JSON`. A line of the log, the overview every two seconds, a change of an alert, a call that began, changed or ended. */
export interface LiveEvents {
  readonly line: LiveLine;
  readonly tick: Overview;
  readonly alert: { readonly id: number };
  /** Lines that were left out, because they came too fast. */
  readonly skipped: { readonly lines: number };
  readonly call: { readonly id: string; readonly state: "early" | "up" | "over" };
  /** The last one: sign in again. */
  readonly end: { readonly reason: "session" | "stopping" };
}

export const overviewRoutes = {
  overview: { method: "GET", path: "/overview", role: "viewer", summary: "Show the numbers of now", answer: overview },
  history: {
    method: "GET",
    path: "/history",
    role: "viewer",
    summary: "Show the numbers of the last hour, a point each five seconds",
    query: z.strictObject({
      series: z
        .string()
        .max(200)
        .optional()
        .meta({ description: `Names with commas between them: ${seriesNames.join(", ")}. Without it all.` }),
    }),
    answer: history,
  },
  events: {
    method: "GET",
    path: "/events",
    role: "viewer",
    summary: "Send what happens as server-sent events: line, tick, alert, call; end when the session has",
    stream: ["text/event-stream"],
  },
  health: {
    method: "GET",
    path: "/health",
    role: "session",
    summary: "Say whether all is as configured",
    answer: z.object({ healthy: z.boolean(), ready: z.boolean(), problems: z.array(z.string()) }),
  },
  openapi: {
    method: "GET",
    path: "/openapi.json",
    role: "session",
    summary: "Describe this interface (OpenAPI 3.1)",
    answer: z.record(z.string(), z.unknown()),
  },
} as const satisfies Record<string, Route>;
