/** A datagram of a banned source is not read, but its first line is: a call for help passes every ban (threat L15). */
import type { Policy } from "@ringfence/policy";
import { parseUri } from "@ringfence/sip";

const invite = Buffer.from("INVITE ", "latin1");
/** An emergency number or urn and a host name fit; what is longer is none. */
const MAX_TARGET = 256;
const SPACE = 0x20;

export function callsForHelp(policy: Policy, bytes: Uint8Array): boolean {
  for (let i = 0; i < invite.length; i++) if (bytes[i] !== invite[i]) return false;
  const end = bytes.subarray(0, invite.length + MAX_TARGET).indexOf(SPACE, invite.length);
  if (end < 0) return false;
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset + invite.length, end - invite.length).toString("latin1");
  const uri = parseUri(raw);
  if (uri === undefined) return false;
  if (uri.kind === "tel") return policy.isEmergency({ scheme: "tel", user: uri.number, raw });
  return policy.isEmergency({ scheme: uri.scheme, user: uri.kind === "sip" ? uri.user : undefined, raw });
}
