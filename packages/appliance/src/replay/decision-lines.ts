/** Calls out of what `./ringfence decisions --json` wrote: one object a line. A line that is none is counted. */
import type { Load } from "@ringfence/policy";
import { z } from "zod";
import type { RecordedCall } from "./recorded-call.ts";

/** Not a number, which refuses, is written as null. */
const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);

const load = z
  .object({
    calls: figure,
    callsThisSecond: figure,
    callsOfAccount: figure,
    callsOfTrunk: figure,
    callsOfTrunkThisWay: figure.optional(),
    callsOfTrunkThisSecond: figure,
    callsOfTrunkThisWayThisSecond: figure.optional(),
    unregisteredEmergencies: figure,
    suspended: z.boolean().optional(),
    use: z.object({ callsThisHour: figure, msToday: figure, spentToday: figure }).optional(),
  })
  .transform((value): Load => value);

const text = z.string().max(4_096);

const decision = z.object({
  at: z.number(),
  by: text,
  action: z.enum(["allow", "reject", "drop", "end"]),
  reason: text.optional(),
  chain: z.array(z.object({ note: text, outcome: text })).max(64),
  subject: z
    .object({
      side: z.enum(["phone", "trunk", "core"]),
      trunk: text.optional(),
      packetSource: text,
      transport: z.enum(["udp", "tcp", "tls", "ws", "wss"]),
      method: text,
      inDialog: z.boolean(),
      size: z.number(),
      headerCount: z.number(),
      targetRaw: text,
      account: text.optional(),
      load,
    })
    .optional(),
});

/** `other`: a decision that is not about a call that begins. */
export function readDecisionLine(line: string): RecordedCall | "other" | "unreadable" {
  const read = parsed(line);
  if (read === undefined) return "unreadable";
  const { subject, action, at, by, reason, chain } = read;
  if (by !== "policy" || subject === undefined || action === "end") return "other";
  if (subject.method !== "INVITE" || subject.inDialog) return "other";
  const last = chain.at(-1);
  return {
    at,
    source: subject.packetSource,
    transport: subject.transport,
    sender: subject.side !== "core" ? "outside" : subject.trunk === undefined ? "pbx" : "pbx-out",
    account: subject.account,
    target: subject.targetRaw,
    size: subject.size,
    headerCount: subject.headerCount,
    load: subject.load,
    was: { action, reason, rule: action === "allow" ? undefined : last?.note },
  };
}

function parsed(line: string): z.infer<typeof decision> | undefined {
  try {
    return decision.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
