/** Which call an installation is tried with: what its configuration and its listeners say, as far as nothing else was asked for. */
import { type Config, RingfenceError } from "@ringfence/policy";
import type { SipServer } from "../io/sip-line.ts";

export interface OpenListener {
  readonly transport: string;
  readonly address: string;
  readonly port: number;
}

const wildcards: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);
/** Encrypted first: the others only where there is no TLS. */
const preference = ["tls", "tcp", "udp"] as const;

/**
 * @param listeners those that are open for phones; with a port that is known
 * @param own the address of this machine for a listener that has none of its own
 * @throws RingfenceError `no-listener`
 */
export function serverOf(
  listeners: readonly OpenListener[],
  own: string,
  wanted: SipServer["transport"] | undefined,
): SipServer {
  for (const transport of wanted === undefined ? preference : [wanted]) {
    const listener = listeners.find((one) => one.transport === transport && one.port !== 0);
    if (listener === undefined) continue;
    const address = wildcards.has(listener.address) ? own : listener.address;
    // What the certificate is worth is the audit's question: here it is our own machine.
    return { address, port: listener.port, transport, trust: "any" };
  }
  const what = wanted ?? "TLS, TCP or UDP";
  throw new RingfenceError(
    "no-listener",
    `no phone can come over ${what}`,
    "Name another transport, or a place: --to.",
  );
}

/** What phones have to do is what is tried. */
export function srtpOf({ phones }: Config): "required" | "off" {
  return phones.media.srtp === "off" ? "off" : "required";
}
