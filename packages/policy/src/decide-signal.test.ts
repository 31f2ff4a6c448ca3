import { expect, test } from "vitest";
import { decideSignal } from "./decide-signal.ts";
import { type Filter, looksOn, passes, rejects } from "./filter/filter.ts";
import type { SignalSubject } from "./subject.ts";

const subject = { method: "INVITE" } as SignalSubject;
const free = passes("capacity", "below every limit");
const full = rejects("capacity", "calls-limit", "no room", "policy.limits.calls");
const closed = rejects("method", "method-not-allowed", "not served");
const watched: Filter = () => looksOn(full, free);

test("a rule in shadow is in the chain with its reason, and the request passes", () => {
  const verdict = decideSignal([watched], subject);
  expect(verdict.action).toBe("allow");
  expect(verdict.chain.map(({ outcome }) => outcome)).toEqual(["shadow", "pass"]);
  expect(verdict.shadow).toEqual({ ...full.trace, outcome: "shadow", reason: "calls-limit" });
});

test("a rule behind one in shadow refuses as ever, and the first in shadow is told too", () => {
  const verdict = decideSignal([watched, () => looksOn(closed, free), () => closed], subject);
  expect([verdict.action, verdict.shadow?.reason]).toEqual(["reject", "calls-limit"]);
});
