/** message-summary (RFC 3842): how many messages wait. The account in it is the reader's own, whatever the PBX calls it. */
import { decimal } from "@ringfence/sip";
import type { Place } from "./place.ts";

/** RFC 3842 §5.2, in the spelling of RFC 3458 as phones write it. */
const kinds: ReadonlyMap<string, string> = new Map([
  ["voice-message", "Voice-Message"],
  ["fax-message", "Fax-Message"],
  ["pager-message", "Pager-Message"],
  ["multimedia-message", "Multimedia-Message"],
  ["text-message", "Text-Message"],
  ["none", "None"],
]);

const MAX_LINES = 32;
const MAX_COUNT = 2 ** 32 - 1;

export function rewrittenSummary(body: Uint8Array, place: Place): string | undefined {
  const out: string[] = [];
  for (const line of Buffer.from(body).toString("latin1").split("\n").slice(0, MAX_LINES)) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const kind = kinds.get(name);
    if (name === "messages-waiting") {
      if (out.length > 0) return undefined;
      out.push(`Messages-Waiting: ${value.toLowerCase() === "yes" ? "yes" : "no"}`);
    } else if (out.length === 1 && name === "message-account") out.push(`Message-Account: ${place.entity}`);
    else if (kind !== undefined && out.length > 0) {
      const counts = readCounts(value);
      if (counts !== undefined) out.push(`${kind}: ${counts}`);
    }
  }
  return out.length === 0 ? undefined : `${out.join("\r\n")}\r\n`;
}

/** `new/old` and, for urgent ones, `(new/old)`. */
function readCounts(value: string): string | undefined {
  const open = value.indexOf("(");
  const plain = readPair(open < 0 ? value : value.slice(0, open));
  const urgent = open < 0 || !value.endsWith(")") ? undefined : readPair(value.slice(open + 1, -1));
  if (plain === undefined) return undefined;
  return urgent === undefined ? plain : `${plain} (${urgent})`;
}

function readPair(text: string): string | undefined {
  const [fresh = "", old = "", ...more] = text.split("/").map((part) => part.trim());
  const counts = [decimal(fresh, MAX_COUNT), decimal(old, MAX_COUNT)];
  return more.length > 0 || counts.includes(undefined) ? undefined : counts.join("/");
}
