/** The unix socket on which orders come in: who may open its file may give them, so file and folder say who that is. */
import { chmodSync, lstatSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { dirname } from "node:path";
import { type FirewallAnswer, longestRequest } from "../protocol.ts";

const mostConnections = 4;
const idleMs = 5_000;

/**
 * @param path in a folder that is ours and that nobody else writes to; group of the folder: those who may give orders
 * @throws Error when the folder is anybody's, or the socket cannot be made
 */
export async function listenForOrders(path: string, answer: (line: string) => Promise<FirewallAnswer>): Promise<void> {
  mustBeOurs(dirname(path));
  // Left by a helper before this one: in a folder of our own nobody else can have put it there.
  rmSync(path, { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => serve(socket, answer));
  server.maxConnections = mostConnections;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o660);
}

function mustBeOurs(folder: string): void {
  const { uid, mode } = lstatSync(folder);
  if (uid === process.getuid?.() && (mode & 0o022) === 0) return;
  throw new Error(`${folder} belongs to another user, or others may write to it`);
}

function serve(socket: Socket, answer: (line: string) => Promise<FirewallAnswer>): void {
  let text = "";
  let asked = false;
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  socket.setTimeout(idleMs, () => {
    if (!asked) socket.destroy();
  });
  socket.on("end", () => {
    if (!asked) socket.end();
  });
  socket.on("data", (chunk: string) => {
    if (asked) return;
    text += chunk;
    const end = text.indexOf("\n");
    if (end < 0 && text.length <= longestRequest) return;
    asked = true;
    void answer(end < 0 ? "" : text.slice(0, end)).then((said) => socket.end(`${JSON.stringify(said)}\n`));
  });
}
