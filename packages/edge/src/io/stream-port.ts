/**
 * Where a stream listener listens. What the kernel takes of a connection that we do not read is answered late and kept for nothing, and by itself it
 * takes megabytes. So on sockets for phones it takes little, where there is native code to say so: Node.js has no word for it.
 */
import { isIP, type ListenOptions } from "node:net";
import { getSystemErrorName } from "node:util";
import type { Endpoint } from "../flow.ts";
import { listenError } from "./listen-error.ts";
import type { DatagramsResult } from "./native-udp.ts";

/** Connections the kernel holds for us: after a restart every phone comes back at once. It gives what `somaxconn` allows. */
const BACKLOG = 4_096;
/** Dozens of messages; the kernel adds as much for what it needs itself. A carrier's connection bears the calls of many. */
const RECEIVE_BUFFER = 16 * 1024;
/** Beside it what Node.js reads ahead. */
export const READ_AHEAD = 16 * 1024;

/** What `listen` takes as well: a socket that is bound. */
interface Bound {
  readonly fd: number;
  readonly backlog: number;
}

/** @throws RingfenceError when the address cannot be had; some errors come only with the listening */
export function streamPort(endpoint: Endpoint, native: DatagramsResult): ListenOptions | Bound {
  const { address, port } = endpoint.local;
  if (endpoint.role !== "access" || !native.ok) {
    return { host: address, port, ipv6Only: isIP(address) === 6, exclusive: true, backlog: BACKLOG };
  }
  const descriptor = native.addon.bindStream(address, port, RECEIVE_BUFFER);
  if (descriptor >= 0) return { fd: descriptor, backlog: BACKLOG };
  const code = getSystemErrorName(descriptor);
  throw listenError(endpoint, Object.assign(new Error(`bind ${code} ${address}:${port}`), { code }));
}
