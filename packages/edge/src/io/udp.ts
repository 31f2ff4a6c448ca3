/** The UDP socket of Node.js, where there is no native one: one datagram is one message (RFC 3261 §18.1.1, §18.3). */
import { createSocket, type Socket } from "node:dgram";
import { isIP } from "node:net";
import { datagramFlow, type Endpoint } from "../flow.ts";
import { listenError } from "./listen-error.ts";
import type { Receiver } from "./listener.ts";
import { RECEIVE_BUFFER, type UdpListener } from "./udp-listener.ts";

export function openUdp(endpoint: Endpoint, receiver: Receiver): Promise<UdpListener> {
  const { address, port } = endpoint.local;
  // libuv refuses ipv6Only on an IPv4 socket with EINVAL.
  const socket = createSocket(isIP(address) === 6 ? { type: "udp6", ipv6Only: true } : { type: "udp4" });
  return new Promise((resolve, reject) => {
    socket.once("error", (cause) => reject(listenError(endpoint, cause)));
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners("error");
      widen(socket);
      resolve(serve(socket, endpoint, receiver));
    });
  });
}

function serve(socket: Socket, first: Endpoint, receiver: Receiver): UdpListener {
  let endpoint = first;
  socket.on("error", (cause) => receiver.trouble(endpoint, "warn", cause.message));
  socket.on("message", (bytes, remote) => {
    if (receiver.own().takes(bytes) || !receiver.gate(endpoint, remote, bytes)) return;
    const { id } = datagramFlow(endpoint, remote, "phone");
    const flow = receiver.admit(endpoint, { address: remote.address, port: remote.port }, id);
    if (flow !== undefined) receiver.message(flow, bytes, false);
  });
  return {
    get endpoint() {
      return endpoint;
    },
    update(next) {
      endpoint = next;
    },
    send(flow, bytes) {
      const { address, port } = flow.packetSource;
      // A peer may write port 0 nowhere, but a forged source can have it; the kernel would refuse it with an error event.
      if (port > 0) socket.send(bytes, port, address, () => {});
    },
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function widen(socket: Socket): void {
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER);
  } catch {
    // Not allowed everywhere; the default buffer serves, only bursts are shorter.
  }
}
