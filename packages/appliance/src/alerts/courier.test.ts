import { expect, test } from "vitest";
import type { Delivery } from "../io/webhook.ts";
import { Courier, type Way } from "./courier.ts";
import { testNotice } from "./message.ts";

/** A courier whose waits are ended by hand, and a way that answers when it is told to. */
function world() {
  const waits: { readonly ms: number; readonly work: () => void }[] = [];
  const results: string[] = [];
  const troubles: (string | undefined)[] = [];
  const sent: { readonly at: number; readonly answer: (delivery: Delivery) => void }[] = [];
  const courier = new Courier({
    later(ms, work) {
      const wait = { ms, work };
      waits.push(wait);
      return () => void waits.splice(waits.indexOf(wait), 1);
    },
    onResult: (way, result) => results.push(`${way.receiver} ${result}`),
    onTrouble: (trouble) => troubles.push(trouble),
  });
  const way = (receiver: string): Way => ({
    receiver,
    kind: "webhook",
    send: ({ at }) => new Promise((answer) => void sent.push({ at, answer })),
  });
  const answer = async (ok: boolean): Promise<void> => {
    sent.at(-1)?.answer({ ok, said: ok ? "200" : "503 busy" });
    await new Promise(setImmediate);
  };
  return { courier, way, waits, results, troubles, sent, answer };
}

test("what is not taken is sent again, later each time, and given up at last", async () => {
  const { courier, way, waits, results, troubles, sent, answer } = world();
  courier.apply([way("ops")]);
  courier.send(testNotice("ops", 1));
  const asked: number[] = [];
  for (let turn = 0; turn < 4; turn++) {
    await answer(false);
    const wait = waits.shift();
    asked.push(wait?.ms ?? 0);
    wait?.work();
  }
  await answer(false);
  expect(asked).toEqual([5_000, 30_000, 120_000, 600_000]);
  expect([sent.length, results, waits]).toEqual([5, ["ops failed"], []]);
  // Said once, and once more when it works again.
  expect(troubles).toEqual(["ops by webhook: 503 busy"]);
  courier.send(testNotice("ops", 2));
  await answer(true);
  expect([results, troubles]).toEqual([
    ["ops failed", "ops delivered"],
    ["ops by webhook: 503 busy", undefined],
  ]);
});

test("a receiver that hangs holds up its own messages, and fifty at most", async () => {
  const { courier, way, results, sent, answer } = world();
  courier.apply([way("hangs"), way("ops")]);
  for (let at = 0; at < 60; at++) courier.send(testNotice("hangs", at));
  expect(sent.map(({ at }) => at)).toEqual([0]);
  expect(results).toEqual(Array.from({ length: 10 }, () => "hangs dropped"));
  courier.send(testNotice("ops", 100));
  await answer(true);
  expect(results.at(-1)).toBe("ops delivered");
});

test("messages of one receiver come in their order", async () => {
  const { courier, way, sent, answer } = world();
  courier.apply([way("ops")]);
  for (const at of [1, 2, 3]) courier.send(testNotice("ops", at));
  for (let turn = 0; turn < 3; turn++) await answer(true);
  expect(sent.map(({ at }) => at)).toEqual([1, 2, 3]);
});

test("a receiver that a reload takes away is forgotten with what waits for it; one that stays keeps it", async () => {
  const { courier, way, waits, troubles, sent, answer } = world();
  courier.apply([way("ops"), way("gone")]);
  courier.send(testNotice("gone", 1));
  await answer(false);
  courier.send(testNotice("ops", 2));
  await answer(false);
  courier.apply([way("ops")]);
  expect([waits.length, troubles]).toEqual([1, ["gone by webhook: 503 busy"]]);
  waits[0]?.work();
  await answer(true);
  expect([sent.map(({ at }) => at), troubles.at(-1)]).toEqual([[1, 2, 2], undefined]);
});
