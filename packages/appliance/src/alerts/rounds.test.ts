import { loadConfig } from "@ringfence/policy";
import { expect, test } from "vitest";
import { AlertBook } from "./alert-book.ts";
import { Rounds, type Wishes, wishesOf } from "./rounds.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

function wishes(receivers: string, onFraud = ""): Wishes {
  const loaded = loadConfig(`
pbx: { address: "10.0.0.5:5060" }
phones: { domains: [pbx.example.com] }
policy: { on_fraud: { notify: [${onFraud}] } }
alerts: { ${receivers} }
`);
  if (!loaded.ok) throw new Error(loaded.issues.map(({ message }) => message).join());
  return wishesOf(loaded.config);
}

const hook = "webhook: { url: https://a.example }";
const one = (kind: "trunk-down" | "disk-low" | "in-shadow", object: string) => ({ kind, object, detail: "" }) as const;

/** Every ten seconds from one time to another: what was sent, as `at name kind fresh still over`. */
function watch(
  book: AlertBook,
  rounds: Rounds,
  wanted: Wishes,
  from: number,
  to: number,
  standing: Parameters<AlertBook["stand"]>[1],
) {
  const sent: string[] = [];
  for (let now = from; now <= to; now += 10 * second) {
    book.stand(now, standing);
    for (const { receiver, kind, fresh, still, over } of rounds.due(now, book, wanted)) {
      sent.push(`${now / second} ${receiver} ${kind} ${fresh.length}/${still.length}/${over.length}`);
    }
  }
  return sent;
}

test("what begins together is one message of its kind, and is told again every four hours until it is over", () => {
  const [book, rounds, wanted] = [new AlertBook(), new Rounds(), wishes(`ops: { ${hook} }`)];
  const trouble = [one("trunk-down", "a"), one("trunk-down", "b"), one("disk-low", "state")];
  expect(watch(book, rounds, wanted, 0, 8 * hour + minute, trouble)).toEqual([
    "20 ops trunk-down 2/0/0",
    "20 ops disk-low 1/0/0",
    "14420 ops trunk-down 0/2/0",
    "14420 ops disk-low 0/1/0",
    "28820 ops trunk-down 0/2/0",
    "28820 ops disk-low 0/1/0",
  ]);
  expect(watch(book, rounds, wanted, 9 * hour, 9 * hour + 5 * minute, [])).toEqual([
    "32460 ops trunk-down 0/0/2",
    "32460 ops disk-low 0/0/1",
  ]);
});

test("with `repeat: off` what stands is told once", () => {
  const wanted = wishes(`ops: { ${hook}, repeat: off }`);
  expect(watch(new AlertBook(), new Rounds(), wanted, 0, 24 * hour, [one("trunk-down", "a")])).toHaveLength(1);
});

test("what is acknowledged is silent, its end too", () => {
  const [book, rounds, wanted] = [new AlertBook(), new Rounds(), wishes(`ops: { ${hook} }`)];
  expect(watch(book, rounds, wanted, 0, minute, [one("trunk-down", "a")])).toHaveLength(1);
  book.acknowledge(minute, 1, "ann");
  expect(watch(book, rounds, wanted, minute, 9 * hour, [one("trunk-down", "a")])).toEqual([]);
  expect(watch(book, rounds, wanted, 9 * hour, 10 * hour, [])).toEqual([]);
});

test("threat alert flood: a new one of the same kind waits, so that there is one message a minute, or of a warning every five", () => {
  const [book, rounds, wanted] = [new AlertBook(), new Rounds(), wishes(`ops: { ${hook} }`)];
  const sent: string[] = [];
  const standing: ReturnType<typeof one>[] = [];
  for (let turn = 0; turn < 40; turn++) {
    standing.push(one("trunk-down", String(turn)), one("in-shadow", String(turn)));
    sent.push(...watch(book, rounds, wanted, turn * 15 * second, turn * 15 * second, standing));
  }
  expect(sent.filter((line) => line.includes("trunk-down"))).toHaveLength(10);
  expect(sent.filter((line) => line.includes("in-shadow"))).toHaveLength(2);
});

test("quiet hours in their own zone: what is critical passes, the rest is told after them if it still stands", () => {
  const [book, rounds] = [new AlertBook(), new Rounds()];
  const wanted = wishes(`ops: { ${hook}, quiet: "Mon-Sun 22:00-07:00 Europe/Berlin", repeat: off }`);
  // 23:00 in Berlin, in winter.
  const night = Date.UTC(2026, 0, 15, 22);
  const standing = [one("trunk-down", "a"), one("disk-low", "state")];
  const passing = { kind: "reload-refused", object: "", detail: "" } as const;
  const sent = [
    ...watch(book, rounds, wanted, night, night + hour, [...standing, passing]),
    ...watch(book, rounds, wanted, night + hour, night + 10 * hour, standing),
  ];
  const morning = Date.UTC(2026, 0, 16, 6) / second;
  expect(sent).toEqual([`${night / second + 20} ops trunk-down 1/0/0`, `${morning} ops disk-low 1/0/0`]);
});

test("each is told of the kinds and severities that it asked for, and of frauds who is named there", () => {
  const receivers = [
    `noc: { ${hook} }`,
    `boss: { ${hook}, for: [critical] }`,
    `disks: { ${hook}, for: [disk-low] }`,
  ].join(", ");
  const book = new AlertBook();
  book.happened(0, { kind: "fraud", object: "1001", detail: "burst" });
  const told = (onFraud: string): readonly string[] => {
    const fresh = new AlertBook(book.open);
    fresh.stand(0, [one("disk-low", "state")]);
    return new Rounds()
      .due(20 * second, fresh, wishes(receivers, onFraud))
      .map(({ receiver, kind }) => `${receiver} ${kind}`);
  };
  expect(told("")).toEqual(["noc fraud", "noc disk-low", "boss fraud", "disks disk-low"]);
  expect(told("disks")).toContain("disks fraud");
});

test("two receivers are told apart", () => {
  const wanted = wishes(`a: { ${hook}, repeat: 1h }, b: { ${hook}, repeat: off }`);
  const sent = watch(new AlertBook(), new Rounds(), wanted, 0, hour + minute, [one("trunk-down", "x")]);
  expect(sent.map((line) => line.split(" ")[1])).toEqual(["a", "b", "a"]);
});
