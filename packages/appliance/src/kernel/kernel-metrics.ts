/** The metrics of the kernel's bans, a part of the table in definitions.ts. */
import { dropCounters } from "@ringfence/firewall";

export const kernelMetrics = {
  kernel_proven: {
    type: "gauge",
    help: "1: a banned packet was shown to be dropped by the kernel; 0: it is not, or the bans are not there; -1: not used, or not shown",
    labels: {},
  },
  kernel_banned: { type: "gauge", help: "Sources banned in the kernel now", labels: {} },
  kernel_dropped: {
    type: "counter",
    help: "Packets that the kernel's ruleset dropped since it was loaded, by rule",
    labels: { reason: dropCounters },
  },
} as const;
