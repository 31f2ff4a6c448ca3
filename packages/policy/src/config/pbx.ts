import { z } from "zod";
import type { PbxConfig, SignallingTransport } from "./config.ts";
import { duration } from "./duration.ts";
import { remoteEndpoint } from "./endpoint.ts";
import { choice, whole } from "./leaf.ts";
import { pbxTls } from "./peer-tls.ts";
import { realm } from "./text.ts";

/** RFC 3261 §19.1.2, table 1. */
export function defaultPort(transport: SignallingTransport): number {
  return transport === "tls" ? 5061 : 5060;
}

const address = remoteEndpoint()
  .optional()
  .meta({
    description: "Where miniSipServer listens. Without a port: 5060, with TLS 5061.",
    examples: ["10.0.0.5:5060"],
  });

const node = z.strictObject({
  address: remoteEndpoint().meta({ description: "Where this node listens." }),
  priority: whole(0, 65_535).default(1).meta({ description: "The lowest that answers is used." }),
  weight: whole(0, 65_535).default(0).meta({
    description:
      "Which of several nodes of one priority is preferred is drawn by weight at the start, so that several Ringfences share them. 0: after those with one, in the order of the file.",
  }),
});

export const pbxSection = z
  .strictObject({
    address,
    nodes: z.array(node).min(1).max(16).optional().meta({
      description: "In place of `address`: several machines, each with all accounts. One is used at a time.",
    }),
    transport: choice(["udp", "tcp", "tls"]).prefault("udp").meta({ description: "How Ringfence talks to the PBX." }),
    tls: pbxTls.meta({
      description:
        "Who the PBX must be. miniSipServer signs for itself: give its key as a pin, or its certificate as `ca`.",
    }),
    realms: z
      .array(realm())
      .min(1)
      .max(16)
      .optional()
      .meta({
        description:
          "With `authentication: edge`: realms of the PBX whose challenges Ringfence answers for a phone. Without it: those that the PBX named at a REGISTER it then took, and any before the first one.",
        examples: [["myvoipapp.com"]],
      }),
    path: z.boolean().default(false).meta({
      description:
        "The PBX knows Path (RFC 3327) and outbound (RFC 5626): REGISTER then carries both. miniSipServer does not, and finds phones by their Contact alone, as every PBX does.",
    }),
    large_requests: choice(["udp", "tcp"]).prefault("udp").meta({
      description:
        "Requests of more than 1300 octets, with `transport: udp`. `tcp`: over TCP (RFC 3261 §18.1.1), and over UDP where that is refused. A PBX that knows phones and trunks by address and port, as miniSipServer does, knows nobody there.",
    }),
    registers_per_second: whole(1, 1000).default(50).meta({
      description:
        "When the PBX was away it may have forgotten everybody. So many phones a second are then registered with it again.",
    }),
    keepalive: duration("2s", "5m").optional().meta({
      description:
        "How often the PBX is asked by OPTIONS whether it is there; two questions without an answer are a no. Without it: every 30s, but only one of several nodes, or a PBX that does not answer calls and registrations.",
    }),
  })
  .transform((pbx, context): PbxConfig => {
    const { address, nodes, transport, tls, realms, path, keepalive } = pbx;
    const { registers_per_second: registersPerSecond, large_requests: largeRequests } = pbx;
    if ((address === undefined) === (nodes === undefined)) {
      const both = address !== undefined;
      const message = both ? "stands beside `nodes`" : "is missing";
      const remedy = both ? "write one of them" : "write the address of the PBX: address: 10.0.0.5:5060";
      const code = both ? "bad-value" : "missing-key";
      context.addIssue({ code: "custom", path: ["address"], message, params: { code, remedy } });
      return z.NEVER;
    }
    const all = nodes ?? (address === undefined ? [] : [{ address, priority: 1, weight: 0 }]);
    const ends = all
      .toSorted((one, other) => one.priority - other.priority)
      .map(({ address: { host, port }, priority, weight }) => {
        return { host, port: port ?? defaultPort(transport), priority, weight };
      });
    const { host, port } = ends[0] ?? { host: "", port: 0 };
    const rest = { transport, tls, realms, path, largeRequests, registersPerSecond, keepaliveMs: keepalive };
    return { host, port, nodes: ends, ...rest };
  })
  .meta({ description: "The PBX behind Ringfence." });
