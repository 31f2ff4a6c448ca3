/** What a connection does before TLS is made for it: its first record comes, then its turn. */
import type { Socket } from "node:net";
import type { Connection } from "./connection.ts";
import { FirstRecord } from "./first-record.ts";
import type { Handshakes } from "./handshakes.ts";

/**
 * @param begin with the first record in front of the socket's octets
 * @param alien this is no TLS
 * @returns to be called when the handshake is done
 */
export function awaitHandshake(
  socket: Socket,
  connection: Connection,
  handshakes: Handshakes,
  begin: () => void,
  alien: () => void,
): () => void {
  const first = new FirstRecord();
  const one = {
    source: connection.source,
    begin: () => {
      socket.unshift(first.octets);
      begin();
    },
    giveWay: () => connection.cut("made-room"),
  };
  const read = (): void => {
    const chunk: Buffer | null = socket.read();
    const state = chunk === null ? "more" : first.push(chunk);
    if (state === "more") return;
    // What comes from now on waits in the socket, which stops reading when it is too much.
    socket.off("readable", read);
    if (state === "whole") handshakes.wait(one);
    else alien();
  };
  socket.on("readable", read);
  socket.on("close", () => handshakes.over(one));
  return () => handshakes.over(one);
}
