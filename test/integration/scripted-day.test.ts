/** What was on the wire, what the collector of captures got, what every log, the metrics, the records and the desk of the API say of one day: the same numbers. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { everyOutput } from "../support/every-output.ts";
import { tapped } from "../support/tapped-world.ts";
import { newDay, playDay, type Quantity, script } from "../support/day.ts";

test("probe", async () => {
  const world = newDay();
  playDay(world);
  const count = (names: string[]) => {
    const m = new Map<string, number>();
    for (const n of names) m.set(n, (m.get(n) ?? 0) + 1);
    return Object.fromEntries(m);
  };
  console.log(JSON.stringify(count(world.events("call").map((e) => `${e.reason} ${e.status ?? ""}`))));
  console.log(JSON.stringify(count(world.events("refused").map((e) => `${e.method} ${e.reason} ${e.account ?? ""} ${e.source?.split(":")[0]} ${e.suppressed ?? ""}`)), null, 1));
  console.log(JSON.stringify(count(world.events("fraud").map((e) => `${e.reason} ${e.account}`))));
  console.log(JSON.stringify(count(world.events("trunk").map((e) => `${e.reason} ${e.detail}`))));
  console.log(JSON.stringify(world.events("ban")));
  const o = await everyOutput(world, "off");
  for (const name of ["rfc5424", "cef"]) { const t = o.get(name) ?? ""; const i = t.indexOf("486"); console.log(name, t.slice(Math.max(0, i - 700), i + 500)); }
  console.log((o.get("metrics") ?? "").split("\n").filter((l) => !l.startsWith("#") && !/ 0$/.test(l)).join("\n"));
});
