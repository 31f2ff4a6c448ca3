/** ./ringfence as a child process that runs until it is told to stop. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ringfence = fileURLToPath(new URL("../../ringfence", import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunningProcess {
  readonly child: ChildProcess;
  /** Resolves when standard output holds the text, rejects when the process ends without it. */
  says(text: string): Promise<string>;
  readonly finished: Promise<Finished>;
}

/** @param home working folder, HOME and runtime folder: nobody's running instances are in sight */
export function launch(home: string, ...args: readonly string[]): RunningProcess {
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: home, RUNTIME_DIRECTORY: join(home, "run") };
  const child = spawn(ringfence, args, { cwd: home, env, stdio: ["ignore", "pipe", "pipe"] });
  const output = { out: "", err: "" };
  const waiting = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output.out += text;
    for (const look of waiting) look();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output.err += text;
  });
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...output }));
  });
  return {
    child,
    finished,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!output.out.includes(text)) return;
          waiting.delete(look);
          resolve(output.out);
        };
        waiting.add(look);
        look();
        void finished.then(({ code }) => reject(new Error(`ended with ${code}: ${output.err}`)));
      }),
  };
}
