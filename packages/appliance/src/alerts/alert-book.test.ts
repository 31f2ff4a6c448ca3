import { expect, test } from "vitest";
import { readAlert } from "./alert.ts";
import { AlertBook } from "./alert-book.ts";

const minute = 60_000;
const hour = 60 * minute;
const down = { kind: "trunk-down", object: "telnyx", detail: "none of its hosts answers" } as const;
const failed = { kind: "repeated-failures", object: "192.0.2.7", detail: "wrong-passwords" } as const;

test("what is wrong is one alert for as long as it is, and over a minute after", () => {
  const book = new AlertBook();
  expect(book.stand(0, [down]).map(({ what, alert }) => [what, alert.id, alert.severity])).toEqual([
    ["opened", 1, "critical"],
  ]);
  expect(book.stand(10_000, [down])).toEqual([]);
  expect(book.stand(20_000, [])).toEqual([]);
  expect(book.stand(79_000, [])).toEqual([]);
  expect(book.stand(80_000, []).map(({ what, alert }) => [what, alert.ended])).toEqual([["ended", 80_000]]);
  expect([book.open.length, book.past.length]).toEqual([0, 1]);
});

test("what comes and goes within a minute is one alert", () => {
  const book = new AlertBook();
  const changes = Array.from({ length: 20 }, (_, turn) => book.stand(turn * 30_000, turn % 2 === 0 ? [down] : []));
  expect(changes.flat()).toHaveLength(1);
});

test("what happened again within the hour is counted, and over an hour after the last", () => {
  const book = new AlertBook();
  expect(book.happened(0, failed)).toHaveLength(1);
  expect(book.happened(50 * minute, failed)).toEqual([]);
  expect(book.stand(100 * minute, [])).toEqual([]);
  const [ended] = book.stand(110 * minute, []);
  expect(ended).toMatchObject({ what: "ended", alert: { times: 2, since: 0, last: 50 * minute } });
});

test("what becomes worse is told anew, also to who has acknowledged it", () => {
  const book = new AlertBook();
  const soon = { kind: "certificate-expiry", object: "edge", detail: "20 days", severity: "warning" } as const;
  book.stand(0, [soon]);
  book.noteTold(1, "ops", 1);
  book.acknowledge(2, 1, "ann");
  book.stand(3, [{ ...soon, severity: "critical", detail: "6 days" }]);
  expect(book.open).toMatchObject([{ id: 1, severity: "critical", detail: "6 days", told: {}, acknowledged: null }]);
});

test("threat alert flood: a thousand sources are fifty alerts and one for the others", () => {
  const book = new AlertBook();
  for (let i = 0; i < 1_000; i++) book.happened(i, { ...failed, object: `192.0.2.${i}` });
  expect(book.open).toHaveLength(51);
  expect(book.open.at(-1)).toMatchObject({ object: "others", times: 950 });
  // Another kind has room of its own.
  expect(book.stand(1_001, [down])).toHaveLength(1);
});

test("the last 200 are kept, and the store hears of those that are forgotten", () => {
  const book = new AlertBook();
  for (let i = 0; i < 210; i++) {
    const at = i * 2 * hour;
    book.happened(at, { ...failed, object: String(i) });
    book.stand(at + hour, []);
  }
  expect(book.past).toHaveLength(200);
  const forgotten = book.takeChanges().filter(([, alert]) => alert === undefined);
  expect(forgotten.map(([id]) => id)).toEqual(Array.from({ length: 10 }, (_, i) => i + 1));
});

test("open alerts, their numbers and who was told outlive the process", () => {
  const book = new AlertBook();
  book.stand(0, [down]);
  book.noteTold(1, "ops", 1);
  book.acknowledge(2, 1, "ann");
  const stored = JSON.parse(JSON.stringify(book.takeChanges().map(([, alert]) => alert))) as unknown[];
  const next = new AlertBook(stored.flatMap((record) => readAlert(record) ?? []));
  expect(next.open).toEqual(book.open);
  // Nothing is known yet just after a start: it is not over for that.
  expect(next.stand(hour, [])).toEqual([]);
  expect(next.stand(hour + 5_000, [{ ...down, object: "other" }]).map(({ alert }) => alert.id)).toEqual([2]);
});

test("a record that is none of ours is left", () => {
  expect([null, 7, {}, { id: 1, kind: "nonsense" }].map(readAlert)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
