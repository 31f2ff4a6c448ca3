import { createInterface } from "node:readline";
import { parseCommandLine, usage } from "./command-line.ts";
import { runCommand } from "./control.ts";
import { describeKnobs } from "./knobs.ts";
import { type Pbx, startPbx } from "./pbx.ts";

/** The stand-in as a process of its own. One JSON line on standard output when it listens; SIGTERM and SIGINT end it with 0. */

const say = (value: object): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`);
};

/** Signals and a lost parent may come together; only the first of them stops anything. */
function onceLeaving(pbx: Pbx): () => void {
  let leaving = false;
  return () => {
    if (leaving) return;
    leaving = true;
    void pbx.stop().then(() => process.exit(0));
  };
}

/** A parent with an IPC channel is watched by that; its standard input may be /dev/null, which ends at once. */
function watchParent(leave: () => void): void {
  if (process.connected) process.on("disconnect", leave);
  else {
    process.stdin.on("end", leave);
    process.stdin.on("close", leave);
  }
}

async function main(): Promise<number | undefined> {
  const parsed = parseCommandLine(process.argv.slice(2));
  if (parsed.kind === "knobs") {
    process.stdout.write(`${describeKnobs()}\n`);
    return 0;
  }
  if (parsed.kind === "wrong") {
    process.stderr.write(`${parsed.why}\n${usage}\n`);
    return 2;
  }
  const { options, control, dieWithParent } = parsed.line;
  const pbx = await startPbx(options);
  const leave = onceLeaving(pbx);
  process.on("SIGTERM", leave);
  process.on("SIGINT", leave);
  if (dieWithParent) watchParent(leave);
  if (control) createInterface({ input: process.stdin }).on("line", (line) => say(runCommand(pbx, line)));
  else if (dieWithParent) process.stdin.resume();
  say({ ready: true, listening: pbx.listening, decoyPorts: pbx.decoyPorts, pid: process.pid });
  return undefined;
}

main().then(
  (code) => {
    if (code !== undefined) process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
