/** Every file under deploy/examples is one that this version takes, and that an audit finds nothing critical in. */
import { readdirSync, readFileSync } from "node:fs";
import { type AuditFacts, auditPoints, findingsOf, grade, type MachineFacts } from "@ringfence/grade";
import { type Config, compile, loadConfig } from "@ringfence/policy";
import { expect, test } from "vitest";

const folder = new URL("../../../deploy/examples/", import.meta.url);
const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".yaml"));
/** Of the machine that the examples are for. */
const interfaces = new Map([
  ["eth0", ["203.0.113.10"]],
  ["eth1", ["198.51.100.2"]],
  ["wg0", ["10.9.0.2"]],
]);

const read = (name: string): string => readFileSync(new URL(name, folder), "utf8");

function configOf(name: string): Config {
  const loaded = loadConfig(read(name), interfaces);
  if (loaded.ok) return loaded.config;
  throw new Error(loaded.issues.map(({ path, message }) => `${path} ${message}`).join("\n"));
}

/** What nobody looked at counts neither way. */
function ofTheFileAlone(config: Config): AuditFacts {
  const runtime = { node: "24.99.0" };
  const known: Partial<AuditFacts> = { now: Date.parse("2026-11-23T00:00:00Z"), config, runtime };
  return known as AuditFacts;
}

test.each(names)("deploy/examples/%s is good, and nothing in it is critical", (name) => {
  const config = configOf(name);
  expect(() => compile(config)).not.toThrow();
  const graded = grade(auditPoints, ofTheFileAlone(config));
  expect(findingsOf(graded).filter(({ severity }) => severity === "critical")).toEqual([]);
  const [, least] = read(name).split("Audit of this file alone: at least ");
  if (least !== undefined) expect(graded.score).toBeGreaterThanOrEqual(Number.parseInt(least, 10));
});

test.each(names.filter((name) => read(name).includes("Audit of this file alone") || name.startsWith("carriers/")))(
  "deploy/examples/%s has nothing to warn of",
  (name) => {
    const loaded = loadConfig(read(name), interfaces);
    // Each shows one carrier alone: one that takes no emergency calls has others beside it.
    const warnings = loaded.ok ? loaded.warnings.filter(({ code }) => code !== "emergency-without-trunk") : undefined;
    expect(warnings).toEqual([]);
  },
);

test("deploy/sysctl gives the kernel what an audit asks of it", () => {
  const lines = readFileSync(new URL("../sysctl/60-ringfence.conf", folder), "utf8").split("\n");
  const settings = lines.filter((line) => line.includes("=") && !line.startsWith("#")).map((line) => line.split("="));
  const sysctl = new Map(settings.map(([name = "", value]) => [name.trim().replace(/^-/u, ""), Number(value)]));
  const machine: Partial<MachineFacts> = { sysctl };
  const facts = { ...ofTheFileAlone(configOf("smallest.yaml")), machine: machine as MachineFacts };
  const floods = auditPoints.filter(({ number }) => number === 9);
  expect(findingsOf(grade(floods, facts))).toEqual([]);
  // And the audit looks at them at all.
  sysctl.set("net.core.rmem_max", 1);
  expect(findingsOf(grade(floods, facts)).map(({ id }) => id)).toEqual(["floods-buffer"]);
});
