import { z } from "zod";
import type { SecretSource } from "./config.ts";
import { splitHostPort } from "./endpoint.ts";
import { type LeafReading, quoted, whole, written } from "./leaf.ts";
import { secret } from "./secret.ts";
import { path } from "./text.ts";

/** Host is a name or an address, IPv6 without brackets. */
export interface CollectorPlace {
  readonly transport: "udp" | "tcp" | "tls";
  readonly host: string;
  readonly port: number;
}

export interface CaptureConfig {
  /** Calls whose messages are kept in memory; 0: none. */
  readonly ladders: number;
  /** Undefined: nothing is sent. */
  readonly hep: CollectorPlace | undefined;
  /** False: only secrets are hidden. */
  readonly mask: boolean;
  readonly id: number;
  readonly key: SecretSource | undefined;
  /** Path of a PEM file; undefined: the system's authorities. */
  readonly ca: string | undefined;
  readonly rtcp: boolean;
}

const HEP_PORT = 9_060;
const transports = ["udp", "tcp", "tls"] as const;

/** `udp://host:port`; the port may be left out. */
function collector() {
  const example = "udp://homer.example.com:9060";
  return written({ kind: "URL", examples: [example] }, (text): LeafReading<CollectorPlace> => {
    const transport = transports.find((name) => text.startsWith(`${name}://`));
    const place = transport === undefined ? undefined : splitHostPort(text.slice(transport.length + 3));
    if (transport !== undefined && place !== undefined && place.port !== 0) {
      return { value: { transport, host: place.host, port: place.port ?? HEP_PORT } };
    }
    return {
      problem: `is ${quoted(text)}, which is no place that takes HEP`,
      remedy: `write ${example}, or tcp:// or tls://`,
    };
  });
}

export const captureSection = z
  .strictObject({
    ladders: whole(0, 5_000).default(500).meta({
      description: "The last calls' messages are kept in memory for the console, 8 MiB at most; `0`: none are.",
    }),
    hep: collector().optional().meta({
      description: "Where every SIP message goes as HEP version 3: a Homer, or what reads as it does.",
    }),
    mask: z.boolean().default(true).meta({
      description: "`false`: what goes there is not masked as the log is. Secrets never show.",
    }),
    id: whole(0, 2_147_483_647).default(2_001).meta({ description: "Number of this agent at the collector." }),
    key: secret().optional().meta({ description: "What the collector knows this agent by." }),
    ca: path().optional().meta({
      description: "PEM file of the authorities that may sign the collector's certificate. Without it: the system's.",
    }),
    rtcp: z.boolean().default(true).meta({
      description: "How each leg is heard goes there too, every ten seconds, as RTCP in JSON.",
    }),
  })
  .prefault({})
  .transform(({ ladders, hep, mask, id, ca, rtcp, ...rest }): CaptureConfig => {
    return { ladders, hep, mask, id, key: rest.key, ca, rtcp };
  })
  .meta({ description: "The signalling for those who look for faults: see [trace.md](trace.md)." });
