import { expect, test } from "vitest";
import { CrowdLog } from "./crowd-log.ts";

test("the first stranger without a place is said at once, the next ones are counted in one line a minute", () => {
  const log = new CrowdLog();
  expect(log.note("strangers-full", 5_000)).toMatchObject({
    event: "connection",
    level: "warn",
    reason: "strangers-full",
    detail: "places of strangers are full: 0 gave theirs up, 1 got none",
  });
  for (let n = 0; n < 40; n++)
    expect(log.note(n % 4 === 0 ? "made-room" : "strangers-full", 5_001 + n)).toBeUndefined();
  expect(log.note("made-room", 65_000)?.detail).toBe("places of strangers are full: 11 gave theirs up, 30 got none");
});

test("other ends of connections say nothing of it", () => {
  for (const reason of ["peer", "silent", "source-full"] as const)
    expect(new CrowdLog().note(reason, 0)).toBeUndefined();
});
