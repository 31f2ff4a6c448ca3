import { expect, test, vi } from "vitest";
import { FrameGatherer } from "./frame-gatherer.ts";
import { readFrames } from "./frames.ts";

function gather() {
  const passed: { readonly texts: readonly string[]; readonly messages: number; readonly whole: boolean }[] = [];
  const gatherer = new FrameGatherer((frames, messages) => {
    const { messages: read, end } = readFrames(frames);
    passed.push({ texts: read.map(String), messages, whole: end === frames.length });
  });
  return { gatherer, passed };
}

test("messages leave together, in their order, when the time is over", () => {
  vi.useFakeTimers();
  const { gatherer, passed } = gather();
  gatherer.write("a");
  gatherer.write("b");
  expect(passed).toEqual([]);
  vi.advanceTimersByTime(100);
  gatherer.flush();
  expect(passed).toEqual([{ texts: ["a", "b"], messages: 2, whole: true }]);
  vi.useRealTimers();
});

test("RFC 5425 §4.3: the length counts octets, also where they have a digit more than the letters have", () => {
  const { gatherer, passed } = gather();
  const texts = ["plain", "é".repeat(99), "é".repeat(999), "日本".repeat(2_000), "x".repeat(99_999)];
  for (const text of texts) gatherer.write(text);
  gatherer.flush();
  expect(passed.flatMap((one) => one.texts)).toEqual(texts);
  expect(passed.every(({ whole }) => whole)).toBe(true);
});

test("a piece that is full does not wait, and what was passed on does not change any more", () => {
  const pieces: Buffer[] = [];
  const gatherer = new FrameGatherer((frames) => pieces.push(frames));
  for (let n = 0; n < 3_000; n++) gatherer.write(String(n).padStart(100, "0"));
  expect(pieces).toHaveLength(2);
  gatherer.flush();
  const texts = pieces.flatMap((piece) => readFrames(piece).messages.map(Number));
  expect(texts).toEqual(Array.from({ length: 3_000 }, (_, n) => n));
});

test("a message larger than a piece leaves all the same", () => {
  const { gatherer, passed } = gather();
  gatherer.write("x".repeat(200_000));
  gatherer.flush();
  expect(passed.map(({ texts }) => texts[0]?.length)).toEqual([200_000]);
});
