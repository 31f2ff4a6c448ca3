/** The command line's end of the control socket. */
import { connect } from "node:net";
import { RingfenceError } from "@ringfence/policy";
import {
  type AnswerTo,
  type ControlAnswer,
  type ControlRequest,
  type ItemOf,
  longestAnswer,
} from "../control/protocol.ts";

/**
 * @throws RingfenceError `no-answer` with what the running one said against it
 * @throws Error with the code of the system (`ENOENT`, `ECONNREFUSED`, `EACCES`) or `ETIMEDOUT`
 * @param user who is at the command line, for the audit
 */
export async function askControl<R extends ControlRequest>(
  path: string,
  request: R,
  timeoutMs: number,
  user = "",
): Promise<AnswerTo<R["command"]>> {
  const said = await exchange(path, { ...request, user }, timeoutMs);
  // What a process of this version answers to a command fits that command: both sides are made from one table.
  return accepted(said) as AnswerTo<R["command"]>;
}

function accepted(said: ControlAnswer): unknown {
  if (said.ok) return said.answer;
  throw new RingfenceError("no-answer", `the running Ringfence said: ${said.message}`, said.remedy);
}

/**
 * Asks for a stream and takes its items until it ends, or `until` says that nobody wants more.
 * @throws as `askControl`
 */
export async function followControl<R extends ControlRequest>(
  path: string,
  request: R,
  onItem: (item: ItemOf<R["command"]>) => void,
  until: AbortSignal,
): Promise<void> {
  const socket = connect(path);
  until.addEventListener("abort", () => socket.end(), { once: true });
  socket.setEncoding("utf8");
  // Not ended behind the request: that is how the other side learns that we have gone.
  socket.write(`${JSON.stringify(request)}\n`);
  if (until.aborted) socket.end();
  let text = "";
  for await (const piece of socket as AsyncIterable<string>) {
    text += piece;
    if (text.length > longestAnswer) throw new Error("the answer is too long");
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      onItem(accepted(JSON.parse(text.slice(0, end)) as ControlAnswer) as ItemOf<R["command"]>);
      text = text.slice(end + 1);
    }
  }
}

function exchange(path: string, request: object, timeoutMs: number): Promise<ControlAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" }));
    }, timeoutMs);
    let text = "";
    socket.setEncoding("utf8");
    socket.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.on("connect", () => socket.end(`${JSON.stringify(request)}\n`));
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (text.length > longestAnswer) socket.destroy(new Error("the answer is too long"));
    });
    socket.on("end", () => {
      clearTimeout(timer);
      try {
        resolve(JSON.parse(text) as ControlAnswer);
      } catch {
        reject(new Error("the answer is not one of Ringfence"));
      }
    });
  });
}
