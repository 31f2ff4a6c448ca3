/** The calls there are, with the messages and the sound of each. */
import { z } from "zod";
import { moment, page, paging, type Route } from "./route.ts";

/** As its peer sends (`mos`, `lost`, `jitterMs`) and as the peer hears (`heard...`), by its own reports. Null: not known. */
const legSound = z.object({
  codec: z.string().nullable(),
  /** SRTP suite; null: plain RTP. */
  suite: z.string().nullable(),
  packets: z.int(),
  lost: z.int().nullable(),
  jitterMs: z.number().nullable(),
  mos: z.number().nullable(),
  heardLoss: z.number().nullable(),
  heardJitterMs: z.number().nullable(),
  heardMos: z.number().nullable(),
});

const callLeg = z.object({
  side: z.enum(["phone", "trunk", "core"]),
  transport: z.string(),
  /** address:port of the peer's socket. */
  source: z.string(),
  account: z.string().nullable(),
  trunk: z.string().nullable(),
  sound: legSound.nullable(),
});

export const call = z.object({
  id: z.string(),
  since: moment,
  answeredAt: moment.nullable(),
  state: z.enum(["early", "up"]),
  from: z.string(),
  to: z.string(),
  emergency: z.boolean(),
  /** Id of the decision that let it in: GET /decisions/:id. */
  decision: z.string(),
  a: callLeg,
  b: callLeg,
});
export type Call = z.output<typeof call>;

const id = z.strictObject({ id: z.string().min(1).max(64) });

/** Messages of one call as they crossed our sockets, masked as the log is. Ended calls are kept for a while. */
export const ladder = z.object({
  /** From left to right: phones and carriers, Ringfence, the PBX. */
  parties: z.array(z.object({ name: z.string(), address: z.string() })),
  messages: z.array(
    z.object({
      at: moment,
      /** Places in `parties`. */
      from: z.int(),
      to: z.int(),
      direction: z.enum(["in", "out"]),
      transport: z.string(),
      /** `INVITE 600`, `200 OK`. */
      title: z.string(),
      /** What its session description says; empty without one. */
      sdp: z.string(),
      /** The whole message; a peer wrote it. */
      text: z.string(),
    }),
  ),
  /** Older messages that are not kept any more. */
  dropped: z.int(),
});
export type Ladder = z.output<typeof ladder>;

/** Curves of one call, a point each five seconds: `a` is what the caller's side sends, as it comes here; `b` the other's. */
const curve = z.object({
  mos: z.array(z.number().nullable()),
  /** Share of the packets of these five seconds, 0 to 1. */
  loss: z.array(z.number().nullable()),
  jitterMs: z.array(z.number().nullable()),
});
export const curves = z.object({
  call: z.string(),
  from: moment,
  stepMs: z.int(),
  a: curve,
  b: curve,
});
export type Curves = z.output<typeof curves>;

export const callRoutes = {
  calls: {
    method: "GET",
    path: "/calls",
    role: "viewer",
    summary: "List the calls there are, the newest first",
    query: z.strictObject({ ...paging, search: z.string().max(64).optional() }),
    answer: page(call),
  },
  call: { method: "GET", path: "/calls/:id", role: "viewer", summary: "Show one call", params: id, answer: call },
  ladder: {
    method: "GET",
    path: "/calls/:id/ladder",
    role: "operator",
    act: "trace",
    summary: "Show the SIP messages of one call",
    params: id,
    answer: ladder,
  },
  quality: {
    method: "GET",
    path: "/calls/:id/quality",
    role: "viewer",
    summary: "Show how one call has sounded",
    params: id,
    answer: curves,
  },
} as const satisfies Record<string, Route>;
