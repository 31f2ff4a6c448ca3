import { expect, test, vi } from "vitest";
import { LineGatherer } from "./line-gatherer.ts";

test("lines leave together, in their order, when the time is over", () => {
  vi.useFakeTimers();
  const pieces: string[] = [];
  const gatherer = new LineGatherer((piece) => pieces.push(piece));
  gatherer.write("a\n");
  gatherer.write("b\n");
  expect(pieces).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(pieces).toEqual(["a\nb\n"]);
  vi.useRealTimers();
});

test("a piece that is full does not wait", () => {
  const pieces: string[] = [];
  const gatherer = new LineGatherer((piece) => pieces.push(piece));
  for (let line = 0; line < 1_400; line++) gatherer.write(`${"x".repeat(99)}\n`);
  expect(pieces).toHaveLength(1);
  gatherer.flush();
  expect(pieces.join("")).toHaveLength(140_000);
});

test("nothing is passed on when there is nothing", () => {
  const pieces: string[] = [];
  new LineGatherer((piece) => pieces.push(piece)).flush();
  expect(pieces).toEqual([]);
});
