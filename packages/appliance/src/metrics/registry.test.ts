import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createMetrics } from "./registry.ts";

const withoutProcess = { process: false };

test("a counter counts with its labels", async () => {
  const metrics = createMetrics(withoutProcess);
  metrics.count("requests", { side: "phone", method: "INVITE" });
  metrics.count("requests", { side: "phone", method: "INVITE" });
  expect(await metrics.text([])).toContain('ringfence_requests_total{side="phone",method="INVITE"} 2');
});

test("a counter with closed labels begins with 0, so that its first 1 is a rise", async () => {
  const text = await createMetrics(withoutProcess).text([]);
  expect(text).toContain('ringfence_frauds_total{reason="burst",action="suspend"} 0');
  expect(text).toContain('ringfence_bans_total{kind="source",reason="wrong-passwords"} 0');
});

test("what a peer wrote never becomes a label", async () => {
  const metrics = createMetrics(withoutProcess);
  for (const method of ["EVIL-1", "__proto__", "constructor", 'X"} 1\n'])
    metrics.count("requests", { side: "phone", method });
  const text = await metrics.text([]);
  expect(text).toContain('ringfence_requests_total{side="phone",method="other"} 4');
  expect(text).not.toContain("EVIL");
});

test("totals of the media side are repeated, not added up", async () => {
  const metrics = createMetrics(withoutProcess);
  await metrics.text([{ name: "media_packets", value: 5 }]);
  expect(await metrics.text([{ name: "media_packets", value: 7 }])).toContain("ringfence_media_packets_total 7");
});

/** `name` → `type label label`, as the tables of docs/metrics.md have it. */
function documented(): ReadonlyMap<string, string> {
  const rows = readFileSync(new URL("../../../../docs/metrics.md", import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").map((cell) => cell.trim().replaceAll("`", "")));

  return new Map(rows.map(([, name = "", type = "", labels = ""]) => [name, `${type} ${labels}`.trim()]));
}

test("docs/metrics.md lists every metric with type and labels, and none that is not there", async () => {
  const described = await createMetrics({ process: true }).describe();
  const real = new Map(
    described.map(({ name, type, labels }) => [name, `${type} ${labels.join(", ")}`.trim()] as const),
  );
  const docs = documented();
  expect([...docs.entries()].filter(([name]) => name.startsWith("ringfence_")).sort()).toEqual(
    [...real.entries()].filter(([name]) => name.startsWith("ringfence_")).sort(),
  );
  // What the runtime tells about itself comes from the library: names are enough.
  expect([...docs.keys()].sort()).toEqual([...real.keys()].sort());
});
