import { expect, test } from "vitest";
import type { FollowedLine } from "./log-event.ts";
import { createLog } from "./logger.ts";

function quietLog() {
  const lines: string[] = [];
  const log = createLog({ level: "error", mask: "addresses" }, undefined, { write: (line) => void lines.push(line) });
  return { log, lines };
}

test("who follows the log is told of everything, unmasked, whatever is written", () => {
  const { log, lines } = quietLog();
  const seen: FollowedLine[] = [];
  log.follow((line) => seen.push(line));
  const event = { event: "call", to: "+4930123456", source: "192.0.2.1:5060" };
  log.line("debug", event);
  expect(seen).toMatchObject([{ level: "debug", event }]);
  expect(lines).toEqual([]);
});

test("a listener that throws harms neither the line nor the other listeners", () => {
  const { log, lines } = quietLog();
  const seen: string[] = [];
  log.follow(() => {
    throw new Error("broken");
  });
  log.follow(({ event }) => seen.push(event.event));
  log.line("error", { event: "bug" });
  expect(seen).toEqual(["bug"]);
  expect(lines).toHaveLength(1);
});

test("who has left is told no more, also when leaving while being told", () => {
  const { log } = quietLog();
  const seen: string[] = [];
  const leave = log.follow(({ event }) => {
    seen.push(`first ${event.event}`);
    leave();
  });
  log.follow(({ event }) => seen.push(`second ${event.event}`));
  log.line("info", { event: "a" });
  log.line("info", { event: "b" });
  expect(seen).toEqual(["first a", "second a", "second b"]);
});

test("a listener may log: what it says reaches the others too", () => {
  const { log, lines } = quietLog();
  log.follow(({ event }) => {
    if (event.event === "ban") log.line("error", { event: "alert" });
  });
  log.line("error", { event: "ban" });
  expect(lines.map((line) => JSON.parse(line).event).toSorted()).toEqual(["alert", "ban"]);
});
