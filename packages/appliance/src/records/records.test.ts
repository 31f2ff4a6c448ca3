import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EdgeEvent } from "@ringfence/edge";
import { type NewRecord, openRecordFile } from "@ringfence/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runCli } from "../cli.ts";
import { readEnvironment } from "../environment.ts";
import { recordOf } from "./call-record.ts";
import { isAbout } from "./person.ts";
import { RecordKeeper } from "./record-keeper.ts";
import { lineOf } from "./record-text.ts";

const ended: EdgeEvent & Record<string, unknown> = {
  event: "call",
  level: "info",
  reason: "hangup",
  call: "c1",
  side: "phone",
  transport: "tls",
  source: "192.0.2.7:40000",
  account: "1001",
  from: "1001",
  to: "+4930123456",
  ended_by: "a",
  setup_ms: 900,
  duration_ms: 61_000,
  a_codec: "PCMA",
  a_mos: 4.3,
  detail: "not a field of a record",
};

test("a call's last line becomes a row: what happened, and apart from it who it was", () => {
  expect(recordOf(ended, 5, false)).toEqual({
    kind: "call",
    at: 5,
    facts: {
      call: "c1",
      side: "phone",
      transport: "tls",
      reason: "hangup",
      ended_by: "a",
      setup_ms: 900,
      duration_ms: 61_000,
      a_codec: "PCMA",
      a_mos: 4.3,
    },
    person: { account: "1001", from: "1001", to: "+4930123456", source: "192.0.2.7:40000" },
  });
});

test("its first line, a registration, and what a stranger tried become none; a refused call of an account does", () => {
  const { ended_by: _by, ...started } = ended;
  expect(recordOf(started, 0, false)).toBeUndefined();
  expect(recordOf({ event: "registration", level: "info", account: "1001" }, 0, false)).toBeUndefined();
  const refused: EdgeEvent = {
    event: "refused",
    level: "warn",
    method: "INVITE",
    reason: "spend-limit",
    decision: "ab12",
  };
  expect(recordOf(refused, 0, false)).toBeUndefined();
  expect(recordOf({ ...refused, account: "1001" }, 0, false)).toMatchObject({
    kind: "refused",
    facts: { decision: "ab12" },
  });
});

test("number-suffix: the end of a number outside is written nowhere; an extension is", () => {
  expect(recordOf(ended, 0, true)?.person).toEqual({
    account: "1001",
    from: "1001",
    to: "+4930123***",
    source: "192.0.2.7:40000",
  });
});

const named = (person: NewRecord["person"]) => ({ seq: 1, kind: "call" as const, at: 0, facts: {}, person });

test.each([
  ["+49 30 123456", { to: "+4930123456" }, true],
  ["0049 30 123456", { to: "+4930123456" }, true],
  ["030/123456", { from: "+4930123456" }, true],
  ["+49 30 123457", { to: "+4930123456" }, false],
  ["123456", { to: "+4930123456" }, false],
  ["1001", { account: "1001" }, true],
  ["100", { account: "1001" }, false],
  ["192.0.2.7", { source: "192.0.2.7:5060" }, true],
  ["192.0.2.7", { source: "192.0.2.70:5060" }, false],
  ["2001:db8::1", { source: "[2001:db8::1]:5060" }, true],
])("%s and %o: %s", (who, person, about) => {
  expect(isAbout(named(person), who)).toBe(about);
});

test("a cell is text: no formula, no second cell, no second line", () => {
  const line = lineOf("csv", named({ from: '=HYPERLINK("http://x")', to: "+4930***", account: 'a,"b"\r\nc' }));
  expect(line.split(",").slice(0, 4)).toEqual(["1", "call", "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"]);
  expect(line).toContain(`"'=HYPERLINK(""http://x"")"`);
  expect(line).toContain('"a,""b""\\x0d\\x0ac"');
  expect(line).toContain(",+4930***,");
});

test("a disk that refuses is said once, rows wait for it, and those without a place are counted", () => {
  const written: number[] = [];
  const said: string[] = [];
  const timers: (() => void)[] = [];
  let broken = true;
  const keeper = new RecordKeeper(
    {
      append(records) {
        if (broken) throw new Error("disk full");
        written.push(records.length);
      },
    },
    {
      later: (work) => timers.push(work),
      onTrouble: () => said.push("trouble"),
      onRecovered: () => said.push("recovered"),
      onLost: () => said.push("lost"),
    },
  );
  const row = { kind: "call", at: 0, facts: {}, person: {} } as const;
  for (let i = 0; i < 10_001; i++) keeper.add(row);
  timers.shift()?.();
  timers.shift()?.();
  broken = false;
  timers.shift()?.();
  expect(said).toEqual(["trouble", "lost", "recovered"]);
  expect(written).toEqual([10_000]);
  expect(timers).toEqual([]);
  for (let i = 0; i < 70; i++) keeper.add(row);
  // In small parts, so that nobody waits for many; the rest when its second is over.
  expect(written).toEqual([10_000, 32, 32]);
  timers.shift()?.();
  expect([written.at(-1), keeper.waiting, timers.length]).toEqual([6, 0, 0]);
});

let dir: string;
let config: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-cdr-"));
  config = join(dir, "sbc.yaml");
  writeFileSync(config, `pbx: { address: 10.0.0.5 }\nphones: { domains: [pbx.example.com] }\nstate: { dir: ${dir} }\n`);
});
afterEach(() => rmSync(dir, { recursive: true }));

async function say(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const more = (text: string): void => {
    err += `${text}\n`;
  };
  const print = (text: string): void => {
    out += `${text}\n`;
  };
  const terminal = {
    out: print,
    err: more,
    bold: (t: string) => t,
    tinted: (_: unknown, t: string) => t,
    problem: more,
    warning: more,
  };
  const code = await runCli([...args, "-c", config], { environment: readEnvironment(), terminal });
  return { code, out, err };
}

function fill(): string {
  const book = openRecordFile(join(dir, "records.db"));
  const first = recordOf(ended, Date.parse("2026-11-22T10:00:00Z"), false);
  const second = recordOf({ ...ended, call: "c2", to: "+331555000111" }, Date.parse("2026-11-22T11:00:00Z"), false);
  book.append([first, second].flatMap((record) => record ?? []));
  const { head } = book.head();
  book.close();
  return head;
}

test("without records the command says what to do", async () => {
  const { code, err } = await say("cdr");
  expect(code).toBe(2);
  expect(err).toContain("has no records yet");
});

test("cdr prints rows, writes a file that only its owner may read, and overwrites nothing", async () => {
  fill();
  const { out } = await say("cdr", "--since", "2026-11-22T10:30:00Z", "--json");
  expect(
    out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).call),
  ).toEqual(["c2"]);
  const path = join(dir, "out.csv");
  expect(await say("cdr", "--to", path)).toMatchObject({ code: 0, out: `2 rows written to ${path}\n` });
  expect(readFileSync(path, "utf8").split("\n")).toHaveLength(4);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect((await say("cdr", "--to", path)).code).toBe(2);
});

test("privacy: shown, counted before, erased, and the chain and a head that was kept still hold", async () => {
  const head = fill();
  expect((await say("privacy", "show", "0033 1555 000111")).out).toContain('"c2"');
  expect(await say("privacy", "erase", "+33 1555 000111")).toMatchObject({ code: 2 });
  expect((await say("privacy", "erase", "+33 1555 000111", "--yes")).out).toContain("1 row names nobody any more");
  expect((await say("privacy", "show", "+331555000111")).err).toContain("nothing is recorded");
  const { code, out } = await say("cdr", "verify", "--head", head);
  expect(out).toContain("3 rows, 1 of them without their person: nothing was changed or dropped");
  expect(code).toBe(0);
  expect((await say("cdr", "verify", "--head", "00".repeat(32))).code).toBe(2);
});
