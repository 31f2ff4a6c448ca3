/** Orders for the helper that programs the kernel's packet filter. */
import { connect } from "node:net";
import { type FirewallAnswer, type FirewallRequest, longestAnswer } from "@ringfence/firewall";
import type { NoHelper } from "../kernel/prove.ts";

const patienceMs = 30_000;

/** Never rejects. */
export function askFirewall(path: string, request: FirewallRequest): Promise<FirewallAnswer | NoHelper> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const failed = (detail: string): void => {
      socket.destroy();
      resolve({ ok: false, reason: "no-helper", detail });
    };
    let text = "";
    socket.setEncoding("utf8");
    socket.setTimeout(patienceMs, () => failed(`no answer on ${path}`));
    socket.on("error", (error: NodeJS.ErrnoException) => failed(`${path}: ${error.code ?? error.message}`));
    socket.on("connect", () => socket.end(`${JSON.stringify(request)}\n`));
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (text.length > longestAnswer) failed("the answer is too long");
    });
    socket.on("end", () => {
      const answer = readAnswer(text);
      if (answer === undefined) return failed(`no helper answers on ${path}`);
      socket.destroy();
      resolve(answer);
    });
  });
}

/** The helper is of this version or none: what it says is looked at no further. */
function readAnswer(text: string): FirewallAnswer | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === "object" && answer !== null && "ok" in answer ? (answer as FirewallAnswer) : undefined;
  } catch {
    return undefined;
  }
}
