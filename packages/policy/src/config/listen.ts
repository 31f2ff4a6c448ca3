import { z } from "zod";
import type { ListenConfig, ListenTransport } from "./config.ts";
import { ipAddress, splitHostPort } from "./endpoint.ts";
import { choice, type LeafReading, quoted, whole, written } from "./leaf.ts";
import { label } from "./text.ts";

const defaultPorts: Readonly<Record<ListenTransport, number>> = {
  udp: 5060,
  tcp: 5060,
  tls: 5061,
  ws: 8088,
  wss: 8443,
};

/** TLS below it: the listener needs a certificate, and SRTP keys may pass. */
export function usesTls(transport: ListenTransport): boolean {
  return transport === "tls" || transport === "wss";
}

/**
 * A web origin as a browser sends it (RFC 6454 §6.2): scheme, host, and a port that is not the scheme's own. It is
 * compared as text, so it is brought into that form here.
 */
function origin() {
  return written({ kind: "web origin" }, (text): LeafReading<string> => {
    const lower = text.toLowerCase();
    const scheme = ["https://", "http://"].find((start) => lower.startsWith(start));
    const place = scheme === undefined ? undefined : splitHostPort(lower.slice(scheme.length));
    if (scheme === undefined || place === undefined) {
      return {
        problem: `is ${quoted(text)}, which is no web origin`,
        remedy: "write https://phone.example.com or https://phone.example.com:8443, without a path",
      };
    }
    const host = place.host.includes(":") ? `[${place.host}]` : place.host;
    const standard = scheme === "https://" ? 443 : 80;
    const port = place.port === undefined || place.port === standard ? "" : `:${place.port}`;
    return { value: `${scheme}${host}${port}` };
  });
}

export const listener = z
  .strictObject({
    transport: choice(["udp", "tcp", "tls", "ws", "wss"]).meta({
      description:
        "What the listener speaks. `ws` and `wss` are SIP over WebSocket (RFC 7118), for phones in browsers.",
    }),
    address: ipAddress()
      .prefault("0.0.0.0")
      .meta({ description: "Address to listen on; 0.0.0.0 is every IPv4 address, :: every IPv6 address." }),
    port: whole(0, 65_535).optional().meta({
      description: "Without it: 5060, with TLS 5061, ws 8088, wss 8443. 0 lets the system choose.",
    }),
    certificate: label().optional().meta({
      description: "Name in `certificates`, for tls and wss. Without it Ringfence makes one that phones do not know.",
    }),
    origins: z.array(origin()).max(100).prefault([]).meta({
      description:
        "ws and wss: web pages that may connect, as https://HOST. Empty: no web page, only programs that send no Origin.",
    }),
    unencrypted: z.boolean().prefault(false).meta({
      description: "ws: true allows it on an address other than loopback, where everybody on the way can read it.",
    }),
  })
  .transform(
    ({ transport, address, port, certificate, origins, unencrypted }): ListenConfig => ({
      transport,
      address,
      port: port ?? defaultPorts[transport],
      certificate,
      origins,
      unencrypted,
    }),
  );
