/** What is told in the product, what Prometheus tells, and what the runbook explains are one list. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { alertKindNames, alertKinds } from "@ringfence/policy";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { createMetrics } from "../../packages/appliance/src/metrics/registry.ts";
import { findProgram, outsideProgram } from "../support/outside-program.ts";
import { knownMetrics, metricsIn } from "./metric-names.ts";

const folder = fileURLToPath(new URL("../../deploy/prometheus/", import.meta.url));

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string; readonly kind: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

const file = parse(readFileSync(`${folder}alerts.yaml`, "utf8")) as {
  readonly groups: readonly { rules: readonly Rule[] }[];
};
const rules = file.groups.flatMap((group) => group.rules);
const runbook = readFileSync(new URL("../../docs/runbook.md", import.meta.url), "utf8");
const paragraphs = runbook.split("\n## ").slice(1);

/** Who is not there cannot say so, and who cannot reach anybody cannot say that. */
const onlyFromOutside = ["down", "delivery-failing"];
/** What the runbook has beside alerts. */
const plans = ["incident-response", "restore-at-night"];

test("each kind of alert has a rule for Prometheus, and each rule a kind", () => {
  const kinds = new Set(rules.map(({ labels }) => labels.kind));
  expect([...kinds].sort()).toEqual([...alertKindNames, ...onlyFromOutside].sort());
});

test("each kind of alert has its paragraph in the runbook, in the order of the list, and no other has one", () => {
  const titles = paragraphs.map((text) => text.slice(0, text.indexOf("\n")));
  expect(titles).toEqual([...alertKindNames, ...onlyFromOutside, ...plans]);
});

test("each paragraph says what it means, how to look, what to do and how to stop it", () => {
  for (const text of paragraphs.slice(0, alertKindNames.length + onlyFromOutside.length)) {
    expect(
      ["Means", "Look", "Do", "Stop"].filter((word) => !text.includes(`\n**${word}.** `)),
      text,
    ).toEqual([]);
  }
});

test("each rule links to the paragraph of its kind, and has its severity or one of two", () => {
  for (const { alert, labels, annotations } of rules) {
    expect([alert, annotations.runbook]).toEqual([alert, `docs/runbook.md#${labels.kind}`]);
  }
  for (const kind of alertKindNames) {
    const severities = rules.filter(({ labels }) => labels.kind === kind).map(({ labels }) => labels.severity);
    expect([kind, severities.includes(alertKinds[kind].severity)]).toEqual([kind, true]);
  }
});

test("a rule asks for no metric that is not there", async () => {
  const known = await knownMetrics();
  expect(rules.flatMap(({ expr }) => metricsIn(expr)).filter((name) => !known.has(name))).toEqual([]);
});

const promtool = outsideProgram("promtool", "prometheus");

promtool(
  "promtool finds nothing wrong with the rules, and each fires when it should",
  () => {
    const run = (...args: readonly string[]) =>
      spawnSync(findProgram("promtool") ?? "", args, { cwd: folder, encoding: "utf8" });
    for (const args of [
      ["check", "rules", "alerts.yaml"],
      ["check", "config", "prometheus.yaml"],
      ["test", "rules", "alerts.test.yaml"],
    ]) {
      const { status, stdout, stderr } = run(...args);
      expect([args.join(" "), status, status === 0 ? "" : stdout + stderr]).toEqual([args.join(" "), 0, ""]);
    }
  },
  60_000,
);

promtool(
  "promtool finds nothing wrong with the metrics",
  async () => {
    const input = await createMetrics().text([]);
    const { status, stdout, stderr } = spawnSync(findProgram("promtool") ?? "", ["check", "metrics"], {
      input,
      encoding: "utf8",
    });
    expect([status, stdout, stderr]).toEqual([0, "", ""]);
  },
  60_000,
);

test("each rule is one that the tests of promtool have seen", () => {
  const tests = readFileSync(`${folder}alerts.test.yaml`, "utf8");
  expect(rules.map(({ alert }) => alert).filter((alert) => !new RegExp(`${alert}\\b`).test(tests))).toEqual([]);
});
