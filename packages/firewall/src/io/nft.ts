/** Runs the packet filter's own program: a fixed path, arguments of ours, never a shell. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { RunNft } from "../helper.ts";

const places = ["/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft"];
/** What it may take, and what it may say. */
const patienceMs = 10_000;
const longestOutput = 33_554_432;
const longestProblem = 500;

/** Undefined: it is not installed. */
export function findNft(): RunNft | undefined {
  const program = places.find((path) => existsSync(path));
  return program === undefined ? undefined : (args, input) => run(program, args, input);
}

function run(program: string, args: readonly string[], input: string): ReturnType<RunNft> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env: {}, stdio: ["pipe", "pipe", "pipe"], timeout: patienceMs });
    const failed = (detail: string): void => resolve({ ok: false, detail: detail.slice(0, longestProblem) });
    let [out, problems] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      if (out.length > longestOutput) child.kill();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (problems.length < longestProblem) problems += text;
    });
    // It may end before it has read everything: the exit code tells.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.on("error", (error) => failed(error.message));
    child.on("close", (code, signal) => {
      if (code === 0) resolve({ ok: true, out });
      else failed(problems.trim() || `nft ended with ${code ?? signal}`);
    });
  });
}
