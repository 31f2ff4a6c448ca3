/** The buffer packets are encrypted in, one for a whole thread. HOT PATH: see lane.ts. */
import { maxPacket } from "./classify.ts";

/** What a lane sends through: a dgram socket, or a test's record of what was sent. */
export interface Outlet {
  send(packet: Uint8Array, offset: number, length: number, port: number, address: string): void;
  /** Datagrams the kernel did not take at once and that still refer to their buffer. */
  getSendQueueCount(): number;
}

const tagRoom = 2048 - maxPacket;

export class SendBuffer {
  octets = Buffer.allocUnsafeSlow(maxPacket + tagRoom);

  /**
   * Call after each send from `octets`. A queued datagram still points into the buffer: the next packet must not be
   * written over it, or one call's media would leave to another call's peer. The queue keeps the old buffer alive.
   */
  afterSend(outlet: Outlet): void {
    if (outlet.getSendQueueCount() !== 0) this.octets = Buffer.allocUnsafeSlow(maxPacket + tagRoom);
  }
}
