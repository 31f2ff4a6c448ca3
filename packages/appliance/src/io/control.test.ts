import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RingfenceError } from "@ringfence/policy";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../../../test/support/eventually.ts";
import type { AnswerTo, ControlDesk } from "../control/protocol.ts";
import type { Status } from "../status.ts";
import { askControl, followControl } from "./control-client.ts";
import { type ControlServer, startControlServer } from "./control-server.ts";

let dir: string;
let path: string;
let server: ControlServer | undefined;

beforeEach(() => {
  asked = [];
  dir = mkdtempSync(join(tmpdir(), "ringfence-control-"));
  path = join(dir, "control.sock");
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(dir, { recursive: true });
});

let asked: string[] = [];
/** Only that each command reaches its own answer matters here. */
const echo = {
  status: ({ command }) => {
    asked.push(command);
    return { status: { pid: 7 } as Status };
  },
  reload: ({ command }) => {
    asked.push(command);
    throw new RingfenceError("x", "out of order", "Mend it.");
  },
  drain: () => ({ calls: 2 }),
} satisfies Partial<ControlDesk> as unknown as ControlDesk;

/** Sends raw bytes, returns what comes back. */
function send(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => socket.end(bytes));
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      text += chunk;
    });
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
  });
}

test("a request is answered", async () => {
  server = await startControlServer(path, () => echo);
  expect(await askControl(path, { command: "drain" }, 1_000)).toEqual({ calls: 2 });
  expect(await askControl(path, { command: "status" }, 1_000)).toEqual({ status: { pid: 7 } });
  expect(asked).toEqual(["status"]);
});

test("while nobody can answer yet it says so", async () => {
  server = await startControlServer(path, () => undefined);
  await expect(askControl(path, { command: "status" }, 1_000)).rejects.toThrow("still starting");
});

test("only the owner can open the socket", async () => {
  server = await startControlServer(path, () => echo);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

const nonsense: readonly (readonly [string, string])[] = [
  ["text that is not JSON", "hello\n"],
  ["an unknown command", '{"command":"shutdown"}\n'],
  ["a name every object has", '{"command":"__proto__"}\n'],
  ["more than the command takes", '{"command":"drain","by":"force"}\n'],
  ["null", "null\n"],
  ["a line without end", "x".repeat(9_000)],
];

test.each(nonsense)("%s is answered with an error and harms nothing", async (_what, bytes) => {
  server = await startControlServer(path, () => echo);
  expect(JSON.parse(await send(bytes))).toMatchObject({ ok: false, message: "unknown request" });
  expect(asked).toEqual([]);
  expect(await askControl(path, { command: "drain" }, 1_000)).toEqual({ calls: 2 });
});

test("a request that fails inside is answered with the reason and what to do", async () => {
  server = await startControlServer(path, () => echo);
  await expect(askControl(path, { command: "reload", by: "" }, 1_000)).rejects.toMatchObject({
    message: "the running Ringfence said: out of order",
    remedy: "Mend it.",
  });
});

test("a second process with the same state folder is refused", async () => {
  server = await startControlServer(path, () => echo);
  await expect(startControlServer(path, () => echo)).rejects.toMatchObject({
    code: "already-running",
    message: "another Ringfence (process 7) uses the same state folder",
  });
  expect(await askControl(path, { command: "drain" }, 1_000)).toEqual({ calls: 2 });
});

test("a socket file left by a killed process is replaced", async () => {
  writeFileSync(path, "");
  server = await startControlServer(path, () => echo);
  expect(await askControl(path, { command: "drain" }, 1_000)).toEqual({ calls: 2 });
});

test("asking where nobody listens fails with the system's code", async () => {
  await expect(askControl(path, { command: "status" }, 1_000)).rejects.toMatchObject({ code: "ENOENT" });
});

/** Counts until it is left. */
function counting(left: () => void): ControlDesk {
  const trace = (): AnswerTo<"trace"> => ({
    start(onItem, onEnd) {
      let skipped = 0;
      const timer = setInterval(() => {
        onItem({ skipped: ++skipped });
        if (skipped === 1_000) onEnd();
      }, 1);
      return () => {
        clearInterval(timer);
        left();
      };
    },
  });
  return { ...echo, trace };
}

const trace = { command: "trace", by: "me", forMs: 60_000 } as const;

test("a stream is taken item by item, and is left when whoever asked has had enough", async () => {
  let left = 0;
  server = await startControlServer(path, () => counting(() => left++));
  const enough = new AbortController();
  const got: unknown[] = [];
  await followControl(
    path,
    trace,
    (item) => {
      got.push(item);
      if (got.length === 3) enough.abort();
    },
    enough.signal,
  );
  expect(got.slice(0, 3)).toEqual([{ skipped: 1 }, { skipped: 2 }, { skipped: 3 }]);
  await eventually("the stream to be left", () => left > 0);
});

test("a stream is left when the process that asked is gone", async () => {
  let left = 0;
  server = await startControlServer(path, () => counting(() => left++));
  const socket = connect(path, () => socket.write(`${JSON.stringify(trace)}\n`));
  socket.once("data", () => socket.destroy());
  await eventually("the stream to be left", () => left > 0);
});

test("a stream is left when whoever asked was gone before it began", async () => {
  let left = 0;
  const slow = counting(() => left++);
  const begin = new AbortController();
  server = await startControlServer(path, () => ({
    ...slow,
    trace: (asked) =>
      new Promise((resolve) => begin.signal.addEventListener("abort", () => resolve(slow.trace(asked)))),
  }));
  const socket = connect(path, () => socket.end(`${JSON.stringify(trace)}\n`));
  socket.resume();
  await eventually("the other side to hear of it", () => socket.writableFinished);
  begin.abort();
  await eventually("the stream to be left", () => left > 0);
});

test("items for somebody who does not read are left out, and how many is said", async () => {
  const flood: ControlDesk = {
    ...echo,
    trace: () => ({
      start(onItem) {
        const item = { skipped: 0, filler: "x".repeat(100_000) };
        for (let i = 0; i < 100; i++) onItem(item);
        const timer = setInterval(() => onItem({ skipped: -1 }), 1);
        return () => clearInterval(timer);
      },
    }),
  };
  server = await startControlServer(path, () => flood);
  const enough = new AbortController();
  let whole = 0;
  let leftOut = 0;
  await followControl(
    path,
    trace,
    (item) => {
      if (!("skipped" in item)) return;
      if (item.skipped === 0) whole++;
      else if (item.skipped > 0) leftOut += item.skipped;
      else enough.abort();
    },
    enough.signal,
  );
  expect([whole < 100, whole + leftOut >= 100]).toEqual([true, true]);
});

test("a stream that is refused is an answer like any other", async () => {
  const refuses: ControlDesk = {
    ...echo,
    trace: () => {
      throw new RingfenceError("x", "no such address", "Write another.");
    },
  };
  server = await startControlServer(path, () => refuses);
  const asking = followControl(path, trace, () => undefined, new AbortController().signal);
  await expect(asking).rejects.toMatchObject({ code: "no-answer", remedy: "Write another." });
});
