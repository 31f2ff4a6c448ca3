import { z } from "zod";
import type { PbxConfig, SignallingTransport } from "./config.ts";
import { remoteEndpoint } from "./endpoint.ts";
import { choice } from "./leaf.ts";
import { pbxTls } from "./peer-tls.ts";

/** RFC 3261 §19.1.2, table 1. */
export function defaultPort(transport: SignallingTransport): number {
  return transport === "tls" ? 5061 : 5060;
}

export const pbxSection = z
  .strictObject({
    address: remoteEndpoint().meta({
      description: "Where miniSipServer listens. Without a port: 5060, with TLS 5061.",
      examples: ["10.0.0.5:5060"],
    }),
    transport: choice(["udp", "tcp", "tls"]).prefault("udp").meta({ description: "How Ringfence talks to the PBX." }),
    tls: pbxTls.meta({
      description:
        "Who the PBX must be. miniSipServer signs for itself: give its key as a pin, or its certificate as `ca`.",
    }),
  })
  .transform(
    ({ address, transport, tls }): PbxConfig => ({
      host: address.host,
      port: address.port ?? defaultPort(transport),
      transport,
      tls,
    }),
  )
  .meta({ description: "The PBX behind Ringfence." });
