/** The setup's questions to a person: a stream of what is typed in, and what is shown. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openKeyboard } from "../io/keyboard.ts";
import { askPerson, thisMachine } from "./conversation.ts";
import { keptAnswers } from "./kept-files.ts";
import type { Answers, Machine } from "./question.ts";

const machine: Machine = { address: "10.0.0.2", isPrivate: true };
let dir: string;
let shown: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-conversation-"));
  shown = "";
});
afterEach(() => rmSync(dir, { recursive: true }));

function typing(text: string) {
  const input = new PassThrough();
  input.end(text);
  const write = (chunk: unknown, _encoding: unknown, done: () => void): void => {
    shown += String(chunk);
    done();
  };
  return openKeyboard(input, new Writable({ write }));
}

function person(text: string, again = false): Promise<Answers> {
  const say = (line: string): void => {
    shown += `${line}\n`;
  };
  return askPerson(dir, machine, again, { keyboard: typing(text), say, onAnswer: async () => undefined });
}

const needed = "10.0.0.5\npbx.example.com\n\n\n203.0.113.10\n";

test("who only presses return where that is possible is asked for what has to be known, and no more", async () => {
  const answers = await person(needed + "\n".repeat(30));
  expect(answers.get("public_address")).toBe("203.0.113.10");
  expect(answers.get("transports")).toBe("tls");
  expect(shown).toContain("1 of 20  Where is the PBX?");
  expect(shown).toContain("20 of 20");
});

test("a wrong answer is explained and asked again", async () => {
  const answers = await person(`10.0.0.5:0\n${needed}${"\n".repeat(30)}`);
  expect(shown).toContain("10.0.0.5:0 is no address");
  expect(answers.get("pbx")).toBe("10.0.0.5");
});

test("interrupted it says so, keeps what was answered for its owner alone, and goes on there", async () => {
  await expect(person("10.0.0.5\npbx.example.com\n")).rejects.toMatchObject({ code: "setup-interrupted" });
  expect(keptAnswers(dir)).toEqual([
    ["pbx", "10.0.0.5"],
    ["domains", "pbx.example.com"],
  ]);
  expect(statSync(join(dir, ".setup-answers.json")).mode & 0o777).toBe(0o600);
  shown = "";
  await person(`\n\n203.0.113.10\n${"\n".repeat(30)}`);
  expect(shown).toContain("2 answers of before are kept");
  expect(shown).not.toContain("Where is the PBX?");
});

test("asked again, what was answered before is what return means", async () => {
  const before = await person(needed + "\n".repeat(30));
  expect([...(await person("\n".repeat(30), true))]).toEqual([...before]);
});

test("what is typed as a secret is not shown", async () => {
  expect(await typing("hush\n").secret("password: ")).toBe("hush");
  expect(shown).toBe("password: \n");
});

test.each([
  ["192.168.1.7", true],
  ["172.31.0.1", true],
  ["100.64.0.9", true],
  ["203.0.113.7", false],
])("%s is private: %s", (address, isPrivate) => {
  const one = { address, family: "IPv4", internal: false, netmask: "", mac: "", cidr: null } as const;
  expect(thisMachine({ eth0: [one] })).toEqual({ address, isPrivate });
});
