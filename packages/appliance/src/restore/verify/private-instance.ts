/** A Ringfence of its own, beside the one that serves: a process that ends with what started it, found by nobody. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { RingfenceError } from "@ringfence/policy";
import { askControl } from "../../io/control-client.ts";
import { cleanText } from "../../logs/clean-text.ts";

export interface PrivateInstance {
  stop(): Promise<void>;
}

const main = fileURLToPath(new URL("../../main.ts", import.meta.url));
const mostStartMs = 60_000;
const mostStopMs = 5_000;
const look = 100;

/** @throws RingfenceError `backup-refused` with what it said when it does not serve */
export async function startPrivate(
  config: string,
  socket: string,
  env: Readonly<Record<string, string>>,
): Promise<PrivateInstance> {
  const child = spawn(process.execPath, [main, "start", "--config", config], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  let isOver = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-2_000);
    });
  }
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      isOver = true;
      resolve();
    };
    child.on("error", end);
    child.on("close", end);
  });
  const killed = (): void => void child.kill("SIGKILL");
  process.once("exit", killed);
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    const insist = setTimeout(killed, mostStopMs);
    await ended;
    clearTimeout(insist);
    process.off("exit", killed);
  };
  for (const until = Date.now() + mostStartMs; !(await answers(socket)); ) {
    if (!isOver && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, look));
      continue;
    }
    await stop();
    const why = said.trim() === "" ? "it said nothing" : cleanText(said.trim(), 1_000);
    throw new RingfenceError(
      "backup-refused",
      `a Ringfence made from it does not start: ${why}`,
      "Correct what it says.",
    );
  }
  return { stop };
}

function answers(socket: string): Promise<boolean> {
  return askControl(socket, { command: "status" }, 1_000).then(
    () => true,
    () => false,
  );
}
