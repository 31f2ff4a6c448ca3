import { isLoopback } from "../../address.ts";
import type { Config } from "../config.ts";
import type { Finding } from "../yaml-document.ts";

/** SIP over WebSocket: what a page may do is decided by its origin, and who can listen in by TLS. */
export function checkWebSockets({ phones }: Partial<Config>): readonly Finding[] {
  const found: Finding[] = [];
  for (const [index, listener] of (phones?.listen ?? []).entries()) {
    const path = ["phones", "listen", index];
    if (listener.transport === "ws" && !listener.unencrypted && !isLoopback(listener.address)) {
      found.push({
        code: "websocket-unencrypted",
        severity: "error",
        path,
        message: `ws on ${listener.address} lets everybody on the way read signalling and SRTP keys`,
        remedy: "use transport: wss, listen on 127.0.0.1, or say `unencrypted: true` if you mean it",
      });
    }
    if (listener.origins.length > 0 && listener.transport !== "ws" && listener.transport !== "wss") {
      found.push({
        code: "origins-unused",
        severity: "warning",
        path: [...path, "origins"],
        message: `only browsers send an origin, and they do not speak ${listener.transport}`,
        remedy: "use transport: wss or remove the origins",
      });
    }
  }
  return found;
}
