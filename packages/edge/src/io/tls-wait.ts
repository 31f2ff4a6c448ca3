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
  // Let go of when it is used: the rest of this lives as long as the handshake.
  let first: FirstRecord | undefined = new FirstRecord();
  const one = {
    source: connection.source,
    begin: () => {
      if (first !== undefined) socket.unshift(first.octets);
      first = undefined;
      begin();
    },
    giveWay: () => connection.cut("made-room"),
  };
  const over = (): void => {
    socket.off("close", over);
    handshakes.over(one);
  };
  const read = (): void => {
    const chunk: Buffer | null = socket.read();
    const state = chunk === null ? "more" : first?.push(chunk);
    if (state === "more") return;
    // What comes from now on waits in the socket, which stops reading when it is too much.
    socket.off("readable", read);
    if (state === "whole") handshakes.wait(one);
    else alien();
  };
  socket.on("readable", read);
  socket.on("close", over);
  return over;
}
