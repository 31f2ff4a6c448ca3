/**
 * The UDP socket towards one instance. It is connected, so that the kernel drops whatever does not come from that
 * instance's address and port. What cannot be sent is lost, as on any network: the request is sent again.
 */
import { createSocket, type Socket } from "node:dgram";
import type { NgSocket, OpenNgSocket } from "../rtpengine/ng-desk.ts";

/** Datagrams that wait for the first moment of a socket. */
const maxWaiting = 256;

export const openNgSocket: OpenNgSocket = ({ address, port }, onDatagram) =>
  new ConnectedSocket(address, port, onDatagram);

class ConnectedSocket implements NgSocket {
  readonly #address: string;
  readonly #port: number;
  readonly #onDatagram: (octets: Uint8Array) => void;
  #socket: Socket | undefined;
  #connected = false;
  #waiting: Uint8Array[] = [];
  #closed = false;

  constructor(address: string, port: number, onDatagram: (octets: Uint8Array) => void) {
    this.#address = address;
    this.#port = port;
    this.#onDatagram = onDatagram;
  }

  send(octets: Uint8Array): void {
    if (this.#closed) return;
    this.#socket ??= this.#open();
    if (this.#connected) this.#socket.send(octets, ignore);
    else if (this.#waiting.length < maxWaiting) this.#waiting.push(octets);
  }

  close(): void {
    this.#closed = true;
    this.#forget(this.#socket);
  }

  #open(): Socket {
    const socket = createSocket(this.#address.includes(":") ? "udp6" : "udp4");
    socket.on("message", this.#onDatagram);
    // Refused by an instance that is not there, or no way to it: both are silence to whoever waits for an answer. Only a
    // socket that was never connected is of no further use; the next sending opens another.
    socket.on("error", () => {
      if (this.#socket === socket && !this.#connected) this.#forget(socket);
    });
    socket.connect(this.#port, this.#address, () => {
      if (this.#socket !== socket) return;
      this.#connected = true;
      for (const octets of this.#waiting.splice(0)) socket.send(octets, ignore);
    });
    return socket;
  }

  #forget(socket: Socket | undefined): void {
    this.#socket = undefined;
    this.#connected = false;
    this.#waiting = [];
    socket?.close();
  }
}

function ignore(): void {
  // The request's own deadline says that nothing came back.
}
