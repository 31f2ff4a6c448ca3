/** Takes a backup elsewhere with a program that the configuration names. No shell reads its words. */
import { spawn } from "node:child_process";
import { homedir } from "node:os";
import { RingfenceError } from "@ringfence/policy";
import { cleanText } from "../logs/clean-text.ts";

/** What a slow line needs for a large backup. */
const patience = 3_600_000;
const longestComplaint = 500;

/**
 * @param command a program and its arguments; `FILE` stands for it, else it comes last
 * @throws RingfenceError `backup-not-copied` with what the program said
 */
export async function copyAway(command: readonly string[], file: string, signal?: AbortSignal): Promise<void> {
  const [program = "", ...words] = command;
  const args = words.includes("FILE") ? words.map((word) => (word === "FILE" ? file : word)) : [...words, file];
  const fault = await outcome(program, args, signal);
  if (fault === undefined) return;
  const remedy = `The backup is here: ${file}. Try the command by hand as the user that runs Ringfence.`;
  throw new RingfenceError("backup-not-copied", `it was not copied: ${program} ${fault}`, remedy);
}

/** Undefined: it went well. Nothing of our environment, where secrets may be, is handed on. */
function outcome(program: string, args: readonly string[], signal?: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const env = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: homedir() };
    const child = spawn(program, args, { env, stdio: ["ignore", "ignore", "pipe"], timeout: patience, signal });
    let complaint = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint = (complaint + text).slice(-longestComplaint);
    });
    child.on("error", (error) => resolve(cleanText(error.message)));
    child.on("close", (code, killedBy) => {
      if (code === 0) return resolve(undefined);
      const said = complaint.trim();
      resolve(`ended with ${killedBy ?? code}${said === "" ? "" : `: ${cleanText(said)}`}`);
    });
  });
}
