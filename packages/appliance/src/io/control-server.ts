/** The unix socket through which `./ringfence reload` and `status` reach the running process. Only its owner may open it. */
import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { RingfenceError } from "@ringfence/policy";
import {
  type AnswerTo,
  type ControlAnswer,
  type ControlDesk,
  type ControlRequest,
  isStream,
  longestRequest,
  readRequest,
  type Stream,
} from "../control/protocol.ts";
import { askControl } from "./control-client.ts";

type DeskOf = (user: string) => ControlDesk | undefined;

export interface ControlServer {
  close(): Promise<void>;
}

/** A local tool asks one thing and leaves: more connections than this are a mistake. */
const mostConnections = 16;
const idleMs = 5_000;
/** Octets of a stream that wait to be read. */
const mostUnread = 1_048_576;

/**
 * @param path at most 107 octets, the limit of the kernel
 * @param desk for whoever asks; undefined while nobody can answer yet
 * @throws RingfenceError `already-running` when another process answers on the path, `control-socket` when it cannot be made
 */
export async function startControlServer(path: string, desk: DeskOf): Promise<ControlServer> {
  await makeWay(path);
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    serve(socket, desk);
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
  const other = await whoAnswers(path);
  if (other === undefined) {
    rmSync(path, { force: true });
    return;
  }
  throw new RingfenceError(
    "already-running",
    `another Ringfence${other} uses the same state folder`,
    "Stop it, or give this one its own folder: state: { dir: /path }.",
  );
}

/** Undefined: nobody. One that is only starting answers too, and has no number yet. */
async function whoAnswers(path: string): Promise<string | undefined> {
  try {
    const { status } = await askControl(path, { command: "status" }, 1_000);
    return ` (process ${status.pid})`;
  } catch (error) {
    return error instanceof RingfenceError ? "" : undefined;
  }
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

function serve(socket: Socket, desk: DeskOf): void {
  let text = "";
  let asked = false;
  /** Ends the stream that is being answered. */
  let leave = (): void => undefined;
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  socket.setTimeout(idleMs, () => {
    // While a reload runs the connection is silent, and rightly so.
    if (!asked) socket.destroy();
  });
  socket.on("close", () => leave());
  socket.on("end", () => {
    if (!asked) socket.end();
    leave();
  });
  socket.on("data", (chunk: string) => {
    if (asked) return;
    text += chunk;
    const end = text.indexOf("\n");
    if (end < 0 && text.length <= longestRequest) return;
    asked = true;
    void reply(end < 0 ? "" : text.slice(0, end), desk).then((said) => {
      if (said.ok && isStream(said.answer)) {
        leave = flow(socket, said.answer);
        // Gone already, and nothing more will tell.
        if (socket.readableEnded || socket.destroyed) leave();
      } else socket.end(`${JSON.stringify(said)}\n`);
    });
  });
}

/** Items for somebody who does not read them are left out, and the number of them is said when there is room again. */
function flow(socket: Socket, stream: Stream<unknown>): () => void {
  let skipped = 0;
  const say = (answer: unknown): void => void socket.write(`${JSON.stringify({ ok: true, answer })}\n`);
  const stop = stream.start(
    (item) => {
      if (socket.writableLength > mostUnread) {
        skipped++;
        return;
      }
      if (skipped > 0) say({ skipped });
      skipped = 0;
      say(item);
    },
    () => socket.end(),
  );
  return () => {
    stop();
    socket.end();
  };
}

/** Never rejects. */
async function reply(line: string, deskOf: DeskOf): Promise<ControlAnswer> {
  const asked = readRequest(line);
  if (asked === undefined)
    return { ok: false, message: "unknown request", remedy: "Use the ringfence of this version." };
  const desk = deskOf(asked.user);
  if (desk === undefined) return { ok: false, message: "still starting", remedy: "Try again in a moment." };
  try {
    return { ok: true, answer: await dispatch(desk, asked.request) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, message, remedy: error instanceof RingfenceError ? error.remedy : "" };
  }
}

/** The desk has an answer for every command, each for its own request: what the compiler cannot see through a union. */
function dispatch<C extends ControlRequest["command"]>(
  desk: ControlDesk,
  request: Extract<ControlRequest, { command: C }>,
): AnswerTo<C> | Promise<AnswerTo<C>> {
  return desk[request.command as C](request);
}
