/** What the other end of a TCP connection has not acknowledged: the kernel knows, and Linux tells it in /proc/net. */
import { readFile } from "node:fs/promises";

export interface SocketPlace {
  readonly localPort?: number | undefined;
  readonly remotePort?: number | undefined;
  readonly localFamily?: string | undefined;
}

/** In octets; undefined where the kernel does not say, or knows no such connection. */
export async function unacknowledged({ localPort, remotePort, localFamily }: SocketPlace): Promise<number | undefined> {
  if (localPort === undefined || remotePort === undefined) return undefined;
  try {
    const table = await readFile(localFamily === "IPv6" ? "/proc/net/tcp6" : "/proc/net/tcp", "latin1");
    return queuedIn(table, localPort, remotePort);
  } catch {
    return undefined;
  }
}

/** ` 0: 0100007F:8AE2 0100007F:1F90 01 0000000A:00000000 ...`: local and remote address, state, send queue, receive queue. */
export function queuedIn(table: string, localPort: number, remotePort: number): number | undefined {
  const local = `:${hex(localPort)} `;
  const remote = `:${hex(remotePort)} `;
  for (let at = table.indexOf(local); at >= 0; at = table.indexOf(local, at + 1)) {
    const end = table.indexOf("\n", at);
    const [, place = "", , queues = ""] = table.slice(at, end < 0 ? undefined : end).split(" ");
    if (!`${place} `.endsWith(remote)) continue;
    const octets = Number.parseInt(queues, 16);
    return Number.isNaN(octets) ? undefined : octets;
  }
  return undefined;
}

function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, "0");
}
