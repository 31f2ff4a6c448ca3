import { expect, test } from "vitest";
import { FairShare } from "./fair-share.ts";

/** Forty sources that send five hundred a second each, a machine that reads ten thousand, and a gate that allows so much of two thousand. */
function after(fair: FairShare, seconds: number, each = 500): { share: number; read: number; unread: number } {
  let state = { share: 1, read: 0, unread: 0 };
  for (let i = 0; i < seconds * 10; i++) {
    const comes = (40 * Math.min(each, 2_000 * state.share)) / 10;
    const read = Math.min(1_000, comes);
    state = { share: fair.sample(read, comes - read), read, unread: comes - read };
  }
  return state;
}

test("within two seconds little is left unread, and the machine has all that it can read", () => {
  const fair = new FairShare();
  const { share, read, unread } = after(fair, 2);
  expect([read, unread < 60, share > 0.12, share < 0.14]).toEqual([1_000, true, true, true]);
});

test("when less comes the share is whole again within five seconds", () => {
  const fair = new FairShare();
  after(fair, 10);
  expect(after(fair, 5, 10).share).toBe(1);
});

test("who is within what can be read is never pressed", () => {
  expect(after(new FairShare(), 10, 240).share).toBe(1);
});
