import { spawn } from "node:child_process";
import { expect, test } from "vitest";

interface Ended {
  readonly code: number | null;
  readonly out: string;
}

/** Runs a few lines with shutdown.ts and logger.ts at hand; sends the signals one after the other, each when it asks for it. */
function run(lines: string, ...signals: readonly NodeJS.Signals[]): Promise<Ended> {
  const from = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
  const script = `
    const { installFatalHandler, logFatalTo, stopRequested } = await import(${from("./shutdown.ts")});
    const { createLog } = await import(${from("./logs/logger.ts")});
    installFatalHandler((line) => console.log(line));
    ${lines}`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const left = [...signals];
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    const signal = text.includes("signal please") ? left.shift() : undefined;
    if (signal !== undefined) child.kill(signal);
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out })));
}

test("a fault that nobody owns is one fatal line, and the process ends", async () => {
  const { code, out } = await run(`
    logFatalTo(createLog({ level: "info", mask: "numbers" }));
    setInterval(() => undefined, 1000);
    setTimeout(() => { throw new Error("broken by +4930123456"); }, 0);`);
  expect(code).toBe(70);
  expect(out.trimEnd().split("\n")).toHaveLength(1);
  expect(JSON.parse(out)).toMatchObject({ level: "fatal", event: "fatal" });
  expect(out).not.toContain("30123456");
});

test("a promise that nobody waits for is no way past it", async () => {
  const { code, out } = await run(`void Promise.reject(new Error("forgotten")); setInterval(() => undefined, 1000);`);
  expect(code).toBe(70);
  expect(out).toContain("forgotten");
});

test("the first signal asks, the second ends at once", async () => {
  const { code, out } = await run(
    `setInterval(() => undefined, 1000);
    const stop = stopRequested();
    console.log("signal please");
    await stop;
    console.log("asked to stop; signal please");`,
    "SIGTERM",
    "SIGINT",
  );
  expect(out).toContain("asked to stop");
  expect(code).toBe(130);
});
