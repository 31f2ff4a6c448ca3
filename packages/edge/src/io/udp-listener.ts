/** What both UDP sockets are: that of Node.js (udp.ts) and the native one (native-udp.ts). */
import type { Flow, HostPort } from "../flow.ts";
import type { Listener } from "./listener.ts";

/** Octets: room for a burst while the event loop is busy; the kernel gives what `rmem_max` allows. */
export const RECEIVE_BUFFER = 4 * 1024 * 1024;

export interface UdpListener extends Listener {
  send(flow: Flow, bytes: Uint8Array): void;
  /** Of what these peers would begin the kernel gives us a share, by lot; without peers all of it. Undefined where it cannot. */
  readonly throttle?: (peers: readonly HostPort[], keep: number) => void;
}
