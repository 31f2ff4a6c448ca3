/** Who is there: registrations, carriers, the PBX. */
import { z } from "zod";
import { moment, page, paging, type Route } from "./route.ts";

export const registration = z.object({
  account: z.string(),
  domain: z.string(),
  /** What the phone says it is; a peer wrote it. */
  device: z.string().nullable(),
  contact: z.string(),
  flow: z.string(),
  transport: z.string(),
  source: z.string(),
  /** Null where that was before a restart. */
  since: moment.nullable(),
  expires: moment,
  trust: z.enum(["registered", "proven"]),
  /** Older flows of the same phone that are still open. */
  otherFlows: z.int(),
});
export type Registration = z.output<typeof registration>;

export const trunk = z.object({
  name: z.string(),
  calls: z.int(),
  registration: z
    .object({ state: z.enum(["trying", "registered", "failed"]), reason: z.string().nullable() })
    .nullable(),
  hosts: z.array(
    z.object({
      place: z.string(),
      state: z.enum(["unknown", "up", "down"]),
      /** The last changes, the oldest first. */
      changes: z.array(z.object({ at: moment, state: z.enum(["up", "down"]) })),
    }),
  ),
});
export type Trunk = z.output<typeof trunk>;

export const pbx = z.object({
  address: z.string(),
  reachable: z.boolean().nullable(),
  silence: z.enum(["down", "banned"]).nullable(),
  nodes: z.array(z.object({ address: z.string(), up: z.boolean().nullable() })),
});
export type Pbx = z.output<typeof pbx>;

export const peerRoutes = {
  registrations: {
    method: "GET",
    path: "/registrations",
    role: "viewer",
    summary: "List who is registered, by account",
    query: z.strictObject({ ...paging, search: z.string().max(64).optional() }),
    answer: page(registration),
  },
  trunks: {
    method: "GET",
    path: "/trunks",
    role: "viewer",
    summary: "Show the carriers and how their hosts have been",
    answer: z.object({ items: z.array(trunk) }),
  },
  pbx: { method: "GET", path: "/pbx", role: "viewer", summary: "Show the PBX and its nodes", answer: pbx },
} as const satisfies Record<string, Route>;
