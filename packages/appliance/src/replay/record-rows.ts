/**
 * Calls out of what `./ringfence cdr --json` wrote: one row a call. A row says who called whom, from where and when; what else was in use is
 * not in it, and is taken as on a quiet machine.
 */
import { sipUri } from "@ringfence/sip";
import { z } from "zod";
import { idle } from "../explain-call.ts";
import type { RecordedCall } from "./recorded-call.ts";

const text = z.string().max(4_096);
const milliseconds = z.number().min(0).optional();

const row = z.object({
  kind: z.enum(["call", "refused"]),
  ended_at: text,
  side: z.enum(["phone", "trunk", "core"]),
  trunk: text.optional(),
  account: text.optional(),
  to: text,
  source: text,
  transport: z.enum(["udp", "tcp", "tls", "ws", "wss"]),
  reason: text.optional(),
  setup_ms: milliseconds,
  duration_ms: milliseconds,
});

/** @param domain that the phones call at. `unreadable`: no row, or one whose number is hidden (`cdr.mask`) or erased */
export function readRecordRow(line: string, domain: string): RecordedCall | "unreadable" {
  const read = parsed(line);
  const ended = Date.parse(read?.ended_at ?? "");
  if (read === undefined || Number.isNaN(ended) || read.to.endsWith("***")) return "unreadable";
  const { kind, side, trunk, account, to, source, transport, reason } = read;
  return {
    at: ended - (read.duration_ms ?? 0) - (read.setup_ms ?? 0),
    source: addressIn(source),
    transport,
    sender: side !== "core" ? "outside" : trunk === undefined ? "pbx" : "pbx-out",
    account,
    target: sipUri({ user: to, host: domain }).raw,
    size: 1_200,
    headerCount: 18,
    load: idle,
    was:
      kind === "call"
        ? { action: "allow", reason: undefined, rule: undefined }
        : { action: "reject", reason, rule: undefined },
  };
}

/** `192.0.2.10:40000`, `[2001:db8::1]:5060`. */
function addressIn(source: string): string {
  const address = source.slice(0, source.lastIndexOf(":"));
  return address.startsWith("[") ? address.slice(1, -1) : address;
}

function parsed(line: string): z.infer<typeof row> | undefined {
  try {
    return row.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
