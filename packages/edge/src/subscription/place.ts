/** Where a document goes: whose state it is, and the domain its addresses get. */
import { formatUri, parseUri, sipUri } from "@ringfence/sip";
import { userOf } from "../egress.ts";

export interface Place {
  /** The watched address as the reader knows it. */
  readonly entity: string;
  readonly domain: string;
}

const MAX_USER = 128;

/** The same user at the reader's domain; undefined when the text names no user. */
export function addressAt(text: string, { domain }: Place): string | undefined {
  const uri = parseUri(text.startsWith("pres:") ? `sip:${text.slice("pres:".length)}` : text);
  const user = uri === undefined ? undefined : userOf(uri);
  if (user === undefined || user === "" || user.length > MAX_USER) return undefined;
  return formatUri(sipUri({ user, host: domain }));
}
