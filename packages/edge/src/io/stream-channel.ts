/** SIP over TCP and TLS: framing (RFC 3261 §18.3) and keep-alive (RFC 5626 §4.4.1). */
import type { Socket } from "node:net";
import { StreamFramer } from "@ringfence/sip";
import type { Connection } from "./connection.ts";

const pong = new Uint8Array([0x0d, 0x0a]);
/** The kernel asks a silent peer from then on whether it is still there, in ms. */
const PROBE_AFTER = 60_000;

export function serveStream(socket: Socket, connection: Connection): void {
  const framer = new StreamFramer();
  socket.setNoDelay(true);
  socket.setKeepAlive(true, PROBE_AFTER);
  connection.attach({
    write: (bytes) => void socket.write(bytes),
    get unsent() {
      return socket.writableLength;
    },
    end: () => void socket.end(() => socket.destroy()),
  });
  // Every error is followed by close; without a listener it would end the process.
  socket.on("error", () => {});
  socket.on("data", (chunk: Buffer) => {
    let whole = false;
    for (const framed of framer.push(chunk)) {
      if (framed.kind === "broken") return connection.broken(framed.bytes);
      if (framed.kind === "ping") connection.send(pong);
      if (framed.kind !== "message") continue;
      whole = true;
      connection.message(framed.bytes);
    }
    connection.heard({ whole, partial: framer.midMessage });
  });
}
