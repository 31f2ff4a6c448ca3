import type { KeptBan } from "@ringfence/edge";
import { expect, test } from "vitest";
import { keepBans } from "./kept-bans.ts";

const most = 8_192;
const ban = (label: string, until: number, kind: KeptBan["kind"] = "source"): KeptBan => {
  return { kind, label, reason: "scanner", since: 0, until, times: 2 };
};

function keeper(stored: readonly KeptBan[], clock: { now: number } = { now: 1_000 }) {
  const file = new Map<string, KeptBan | undefined>();
  return {
    file,
    bans: keepBans(
      stored,
      () => clock.now,
      (name, kept) => file.set(name, kept),
    ),
  };
}

test("what has ended is not restored, and leaves the file", () => {
  const { file, bans } = keeper([ban("192.0.2.1", 1_000), ban("192.0.2.2", 1_001)]);
  expect(bans.restored.map(({ label }) => label)).toEqual(["192.0.2.2"]);
  expect([...file]).toEqual([["source 192.0.2.1", undefined]]);
});

test("a suspect and a ban of one address are two, and are lifted apart", () => {
  const { file, bans } = keeper([]);
  bans.keep(ban("192.0.2.1", 2_000));
  bans.keep(ban("192.0.2.1", 2_000, "suspect"));
  bans.lifted({ kind: "suspect", label: "192.0.2.1" });
  expect([...file].map(([name, kept]) => [name, kept?.kind])).toEqual([
    ["source 192.0.2.1", "source"],
    ["suspect 192.0.2.1", undefined],
  ]);
});

test("threat L12: a million suspects take the room of so many and no ban's, and make room when they end", () => {
  const clock = { now: 1_000 };
  const { file, bans } = keeper([], clock);
  for (let i = 0; i < 20_000; i++) bans.keep(ban(`s${i}`, 5_000, "suspect"));
  bans.keep(ban("192.0.2.1", 9_000));
  expect([bans.restored.length, file.size]).toEqual([most + 1, most + 1]);
  clock.now = 5_000;
  bans.keep(ban("late", 9_000, "suspect"));
  expect(bans.restored.map(({ label }) => label)).toEqual(["192.0.2.1", "late"]);
  expect([...file.values()].filter((kept) => kept !== undefined)).toHaveLength(2);
});

test("of a file that holds too many those that last longest stay", () => {
  const { bans } = keeper(Array.from({ length: most + 10 }, (_, i) => ban(`b${i}`, 2_000 + i)));
  expect(bans.restored).toHaveLength(most);
  expect(bans.restored.some(({ label }) => label === "b9")).toBe(false);
});
