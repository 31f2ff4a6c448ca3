/** The least that Node.js can do with a datagram: receive it and count. Says how many at the end of standard input. */
import { createSocket } from "node:dgram";
import { answering } from "../load/child.ts";
import type { Place } from "../load/phones.ts";

let received = 0;

answering<Place | { readonly kind: "received" }>(async (question) => {
  if ("kind" in question) return received;
  const socket = createSocket({ type: "udp4", recvBufferSize: 4 * 1024 * 1024 });
  socket.on("message", () => {
    received++;
  });
  await new Promise<void>((resolve) => socket.bind(question.port, question.address, resolve));
  return;
});
