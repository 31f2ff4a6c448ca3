/** The PBX stand-in as a child process: it listens on loopback and ends with its parent. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { RingfenceError } from "@ringfence/policy";
import { cleanText } from "../logs/clean-text.ts";

export interface PbxProcess {
  /** Called once if it ends without having been asked to. */
  onDeath(listener: (detail: string) => void): void;
  stop(): Promise<void>;
}

export interface PbxPlace {
  readonly address: string;
  readonly port: number;
  readonly rtp: { readonly first: number; readonly last: number };
  readonly accounts: string;
}

const program = fileURLToPath(new URL("../../../../test/pbx/main.ts", import.meta.url));
const mostStartMs = 20_000;
const mostStopMs = 2_000;

/** Resolves when it says that it is ready. @throws RingfenceError `demo-pbx` */
export async function startPbx(place: PbxPlace): Promise<PbxProcess> {
  const args = [
    program,
    // Its standard input closes when this process is gone, however it went.
    "--die-with-parent",
    ...["--listen", `udp:${place.address}:${place.port}`],
    ...["--accounts", place.accounts],
    ...["--rtp", `${place.address}:${place.rtp.first}-${place.rtp.last}`],
  ];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"] });
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-2_000);
  });
  const ended = new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("exit", (code, signal) =>
      resolve(`exit ${signal ?? code}${complaint === "" ? "" : `: ${complaint.trim()}`}`),
    );
  });
  let stopping = false;
  const stop = async (): Promise<void> => {
    stopping = true;
    await end(child, ended);
  };
  try {
    await Promise.race([ready(child), ended.then(failed), late()]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    onDeath: (listener) => {
      void ended.then((detail) => {
        if (!stopping) listener(cleanText(detail));
      });
    },
    stop,
  };
}

/** It prints one JSON line with `ready` when it listens. What it prints later is read and dropped, so that it cannot block. */
function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("{") && line.includes('"ready":true')) resolve();
    });
  });
}

function failed(detail: string): never {
  const remedy = "Try again; if it stays so, report it with this line.";
  throw new RingfenceError("demo-pbx", `the demo's PBX did not start (${cleanText(detail)})`, remedy);
}

async function late(): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, mostStartMs).unref());
  return failed(`not ready after ${mostStartMs / 1_000} s`);
}

async function end(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const kill = setTimeout(() => child.kill("SIGKILL"), mostStopMs);
  await ended;
  clearTimeout(kill);
}
