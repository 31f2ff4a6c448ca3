/** Where probe packets come from: addresses of this machine alone, which nobody on a network can have. */
import type { EdgeStatus } from "@ringfence/edge";
import { parseIp } from "@ringfence/policy";
import type { ProbeTarget } from "./prove.ts";

/** 127/8 is all ours (RFC 1122 §3.2.1.3); IPv6 has one such address, and its /64 and /48 hold nothing else that is used. */
const sources = {
  4: [{ from: "127.83.66.67", source: "127.83.66.67" }],
  6: [
    { from: "::1", source: "0:0:0:0::/64" },
    { from: "::1", source: "0:0:0::/48" },
  ],
} as const;

/** @param isSpared whom `defence` does not judge: from there nothing can be shown */
export function probeTargets(
  listeners: EdgeStatus["listeners"],
  isSpared: (address: string) => boolean,
): readonly ProbeTarget[] {
  const places = listeners.filter(({ role, transport }) => role === "access" && transport === "udp");
  return ([4, 6] as const).flatMap((family) => {
    const to = places.find(({ address }) => parseIp(address)?.family === family && !address.startsWith("fe80"));
    return to === undefined
      ? []
      : sources[family].filter(({ from }) => !isSpared(from)).map(({ from, source }) => ({ to, from, source }));
  });
}
