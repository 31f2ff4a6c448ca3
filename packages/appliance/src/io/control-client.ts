/** The command line's end of the control socket. */
import { connect } from "node:net";
import { type ControlAnswer, type ControlRequest, longestAnswer } from "../control-protocol.ts";

/** @throws Error with the code of the system (`ENOENT`, `ECONNREFUSED`, `EACCES`) or `ETIMEDOUT` */
export function askControl(path: string, request: ControlRequest, timeoutMs: number): Promise<ControlAnswer> {
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
    socket.on("connect", () => socket.end(`${JSON.stringify({ command: request })}\n`));
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
