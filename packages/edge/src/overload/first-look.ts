/** What may be left unread while there is more than there are turns for: asked of the octets, because to parse is what costs. */
import type { Policy } from "@ringfence/policy";
import { callsForHelp } from "../defence/call-for-help.ts";

/** They begin something, if it is not inside a dialog. What answers, ends or goes on is read whatever happens. */
const beginners = ["INVITE ", "REGISTER ", "OPTIONS ", "MESSAGE ", "SUBSCRIBE ", "PUBLISH ", "REFER "].map((start) =>
  Buffer.from(start, "latin1"),
);
const LINE_END = 0x0a;
const COLON = 0x3a;
const SPACE = 0x20;
const TAB = 0x09;
const LOWER = 0x20;
const T = 0x74;
const O = 0x6f;
const tag = Buffer.from("tag=", "latin1");

/** True: it would begin something new, and is no call for help. */
export function mayWait(policy: Policy, bytes: Uint8Array): boolean {
  if (!beginners.some((start) => startsWith(bytes, start))) return false;
  return !isInDialog(bytes) && !callsForHelp(policy, bytes);
}

/** Its To has a tag (RFC 3261 §12.2.2), as far as can be seen without reading it. */
function isInDialog(bytes: Uint8Array): boolean {
  for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, end + 1)) {
    if (!isTo(bytes, end + 1)) continue;
    const next = bytes.indexOf(LINE_END, end + 1);
    const line = bytes.subarray(end + 1, next < 0 ? bytes.length : next);
    return Buffer.from(line.buffer, line.byteOffset, line.length).includes(tag);
  }
  return false;
}

/** `To` or its short form `t`, and the colon (RFC 3261 §7.3.1). */
function isTo(bytes: Uint8Array, at: number): boolean {
  if (((bytes[at] ?? 0) | LOWER) !== T) return false;
  let after = at + 1;
  if (((bytes[after] ?? 0) | LOWER) === O) after++;
  while (bytes[after] === SPACE || bytes[after] === TAB) after++;
  return bytes[after] === COLON;
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  for (let i = 0; i < start.length; i++) if (bytes[i] !== start[i]) return false;
  return true;
}
