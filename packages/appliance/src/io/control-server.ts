/** The unix socket through which `./ringfence reload` and `status` reach the running process. Only its owner may open it. */
import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { RingfenceError } from "@ringfence/policy";
import { type ControlAnswer, type ControlRequest, longestRequest, readRequest } from "../control-protocol.ts";
import { askControl } from "./control-client.ts";

export interface ControlServer {
  close(): Promise<void>;
}

/** A local tool asks one thing and leaves: more connections than this are a mistake. */
const mostConnections = 16;
const idleMs = 5_000;

/**
 * @param path at most 107 octets, the limit of the kernel
 * @throws RingfenceError `already-running` when another process answers on the path, `control-socket` when it cannot be made
 */
export async function startControlServer(
  path: string,
  answer: (request: ControlRequest) => Promise<ControlAnswer>,
): Promise<ControlServer> {
  await makeWay(path);
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    serve(socket, answer);
  });
  server.maxConnections = mostConnections;
  await listen(server, path);
  chmodSync(path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.end();
      }),
  };
}

/** A socket file that nobody answers on was left by a process that was killed. */
async function makeWay(path: string): Promise<void> {
  const other = await askControl(path, "status", 1_000).catch(() => undefined);
  if (other === undefined) {
    rmSync(path, { force: true });
    return;
  }
  const pid = other.kind === "status" ? ` (process ${other.status.pid})` : "";
  throw new RingfenceError(
    "already-running",
    `another Ringfence${pid} uses the same state folder`,
    "Stop it, or give this one its own folder: state: { dir: /path }.",
  );
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const remedy = "Check that state.dir is on a disk that can hold sockets.";
      reject(new RingfenceError("control-socket", `${path} cannot be made (${error.code ?? "unknown"})`, remedy));
    });
    server.listen(path, resolve);
  });
}

function serve(socket: Socket, answer: (request: ControlRequest) => Promise<ControlAnswer>): void {
  let text = "";
  let asked = false;
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  socket.setTimeout(idleMs, () => {
    // While a reload runs the connection is silent, and rightly so.
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
    void reply(socket, end < 0 ? undefined : readRequest(text.slice(0, end)), answer);
  });
}

async function reply(
  socket: Socket,
  request: ControlRequest | undefined,
  answer: (request: ControlRequest) => Promise<ControlAnswer>,
): Promise<void> {
  let said: ControlAnswer;
  try {
    said = request === undefined ? { kind: "error", message: "unknown request" } : await answer(request);
  } catch (error) {
    said = { kind: "error", message: error instanceof Error ? error.message : String(error) };
  }
  socket.end(`${JSON.stringify(said)}\n`);
}
