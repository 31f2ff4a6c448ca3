/** The command line's end of the control socket. */
import { connect } from "node:net";
import { RingfenceError } from "@ringfence/policy";
import { type AnswerTo, type ControlAnswer, type ControlRequest, longestAnswer } from "../control/protocol.ts";

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
  if (said.ok) return said.answer as AnswerTo<R["command"]>;
  throw new RingfenceError("no-answer", `the running Ringfence said: ${said.message}`, said.remedy);
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
