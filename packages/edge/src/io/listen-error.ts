/** Why a socket could not be opened, in words that say what to do. */
import { RingfenceError } from "@ringfence/policy";
import type { Endpoint } from "../flow.ts";

export function listenError(endpoint: Endpoint, cause: unknown): RingfenceError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
  const { address, port } = endpoint.local;
  const host = address.includes(":") ? `[${address}]` : address;
  const where = `${endpoint.transport} ${host}:${port}`;
  const protocol = endpoint.transport === "udp" ? "u" : "t";
  switch (code) {
    case "EADDRINUSE":
      return new RingfenceError(
        "address-in-use",
        `${where} is taken by another program`,
        `See which with: ss -ln${protocol}p 'sport = :${port}'; stop it, or listen on another port`,
      );
    case "EACCES":
      return new RingfenceError(
        "address-forbidden",
        `${where} may not be opened by this user`,
        "Ports below 1024 need the capability CAP_NET_BIND_SERVICE; choose a higher port, or grant it",
      );
    case "EADDRNOTAVAIL":
      return new RingfenceError(
        "address-not-here",
        `${where} is no address of this machine`,
        "List the machine's addresses with: ip address; correct the configuration",
      );
    default:
      return new RingfenceError(
        "listen-failed",
        `${where} cannot be opened (${code})`,
        "Check the address and the system's limits",
      );
  }
}
