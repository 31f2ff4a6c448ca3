/** SIP over TCP and TLS: framing (RFC 3261 §18.3) and keep-alive (RFC 5626 §4.4.1). */
import type { Socket } from "node:net";
import { StreamFramer } from "@ringfence/sip";
import type { Connection } from "./connection.ts";

const pong = new Uint8Array([0x0d, 0x0a]);

export function serveStream(socket: Socket, connection: Connection): void {
  const framer = new StreamFramer();
  /** What has come is read, as far as there are turns for it; then the peer's window closes (RFC 9293 §3.8.6). */
  const read = (): boolean => {
    let whole = false;
    for (let framed = framer.take(); framed !== undefined; framed = framer.take()) {
      if (framed.kind === "broken") {
        connection.broken(framed.bytes);
        return true;
      }
      if (framed.kind === "ping") connection.send(pong);
      if (framed.kind !== "message") continue;
      whole = true;
      if (connection.message(framed.bytes)) continue;
      connection.heard({ whole, partial: false });
      return false;
    }
    connection.heard({ whole, partial: framer.midMessage });
    return true;
  };
  let gathers = false;
  const letGo = (): void => {
    gathers = false;
    socket.uncork();
  };
  socket.setNoDelay(true);
  connection.attach({
    // What is said in one turn leaves as one: a system call, and with TLS a record, costs more than most messages.
    write(bytes) {
      if (!gathers) {
        gathers = true;
        socket.cork();
        process.nextTick(letGo);
      }
      socket.write(bytes);
    },
    get unsent() {
      return socket.writableLength;
    },
    goOn: () => void (read() && socket.resume()),
    end: () => void socket.end(() => socket.destroy()),
  });
  // Every error is followed by close; without a listener it would end the process.
  socket.on("error", () => {});
  socket.on("data", (chunk: Buffer) => {
    framer.give(chunk);
    if (!read()) socket.pause();
  });
}
