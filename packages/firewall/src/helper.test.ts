/** What the process with the privilege does for whoever may open its socket: this, and nothing else. */
import { expect, test } from "vitest";
import { FirewallHelper, type NftResult } from "./helper.ts";
import { mostBans } from "./protocol.ts";

function helper(answer: (args: readonly string[]) => NftResult = () => ({ ok: true, out: "" })) {
  const clock = { now: 0 };
  const runs: { readonly args: readonly string[]; readonly input: string }[] = [];
  const nft = async (args: readonly string[], input: string): Promise<NftResult> => {
    runs.push({ args, input });
    return answer(args);
  };
  const made = new FirewallHelper(nft, "/etc/rules.nft", () => clock.now);
  return {
    clock,
    runs,
    ask: (request: unknown) => made.answer(JSON.stringify(request)),
    line: (text: string) => made.answer(text),
  };
}

test("bans of one request are one transaction, each with the end it was given last", async () => {
  const { ask, runs } = helper();
  const bans = [
    { source: "192.0.2.1", seconds: 5 },
    { source: "2001:db8:1:2::/64", seconds: 7 },
    { source: "192.0.2.1", seconds: 60 },
  ];
  expect(await ask({ do: "add", bans })).toEqual({ ok: true });
  expect(runs).toEqual([
    {
      args: ["-f", "-"],
      input: [
        "add element inet ringfence banned4 { 192.0.2.1 }",
        "delete element inet ringfence banned4 { 192.0.2.1 }",
        "add element inet ringfence banned4 { 192.0.2.1 timeout 60s }",
        "add element inet ringfence banned64 { 2001:db8:1:2:0:0:0:0 }",
        "delete element inet ringfence banned64 { 2001:db8:1:2:0:0:0:0 }",
        "add element inet ringfence banned64 { 2001:db8:1:2:0:0:0:0 timeout 7s }",
        "",
      ].join("\n"),
    },
  ]);
});

test.each([
  ["no JSON", "add 192.0.2.1"],
  ["no object", '["list"]'],
  ["another order", '{"do":"flush"}'],
  ["an inherited one", '{"do":"constructor"}'],
  ["a prototype", '{"__proto__":{"do":"list"}}'],
  ["no bans", '{"do":"add","bans":[]}'],
  ["a ban without an end", '{"do":"add","bans":[{"source":"192.0.2.1"}]}'],
  ["an end that is text", '{"do":"add","bans":[{"source":"192.0.2.1","seconds":"1s } ; flush ruleset"}]}'],
  ["half a second", '{"do":"add","bans":[{"source":"192.0.2.1","seconds":0.5}]}'],
  ["for ever", '{"do":"add","bans":[{"source":"192.0.2.1","seconds":1e300}]}'],
  ["one bad among good", '{"do":"remove","sources":["192.0.2.1","192.0.2.1 }"]}'],
  ["too many", JSON.stringify({ do: "remove", sources: Array(mostBans + 1).fill("192.0.2.1") })],
  ["too long", `{"do":"list"${" ".repeat(100_000)}}`],
])("%s is refused and nothing is run", async (_what, text) => {
  const { line, runs } = helper();
  expect(await line(text)).toMatchObject({ ok: false, reason: "bad-request" });
  expect(runs).toEqual([]);
});

test("orders come too fast: they are refused, and taken again a second later", async () => {
  const { ask, clock, runs } = helper();
  for (let i = 0; i < 200; i++) await ask({ do: "load" });
  expect(await ask({ do: "load" })).toMatchObject({ ok: false, reason: "too-fast" });
  clock.now += 1_000;
  expect(await ask({ do: "load" })).toEqual({ ok: true });
  expect(runs).toHaveLength(201);
  expect(runs[0]?.args).toEqual(["-f", "/etc/rules.nft"]);
});

test("a table that is not there, or not ours, is said", async () => {
  const none = helper(() => ({ ok: true, out: '{"nftables":[{"metainfo":{}}]}' }));
  expect(await none.ask({ do: "counters" })).toMatchObject({ ok: false, reason: "no-rules" });
  const gone = helper(() => ({ ok: false, detail: "Error: No such file or directory" }));
  expect(await gone.ask({ do: "add", bans: [{ source: "192.0.2.1", seconds: 9 }] })).toMatchObject({
    reason: "no-rules",
  });
  const odd = helper(() => ({ ok: true, out: "Segmentation fault" }));
  expect(await odd.ask({ do: "list" })).toMatchObject({ ok: false });
});
