/** Sends datagrams that nobody should answer, at a steady rate, from one address. */
import { createSocket } from "node:dgram";
import { answering } from "../load/child.ts";
import type { FloodOrder } from "../load/flood.ts";

answering<FloodOrder>(async ({ from, to, datagrams, perSecond, text }) => {
  const lookup = (host: string, _o: object, done: (e: null, address: string, family: number) => void) =>
    done(null, host, 4);
  const socket = createSocket({ type: "udp4", lookup: lookup as never });
  await new Promise<void>((resolve) => socket.bind(0, from, resolve));
  const bytes = Buffer.from(text, "latin1");
  const began = performance.now();
  for (let sent = 0; sent < datagrams; ) {
    const due = Math.min(datagrams, Math.ceil(((performance.now() - began) / 1_000) * perSecond));
    for (; sent < due; sent++) socket.send(bytes, to.port, to.address);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  socket.close();
});
