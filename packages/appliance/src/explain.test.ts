/** `ringfence explain` about a call that nobody makes: the rules of the file, each with its line. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RingfenceError } from "@ringfence/policy";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ExplainOptions, explain } from "./commands/explain.ts";

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-explain-"));
  writeFileSync(
    join(dir, "sbc.yaml"),
    `pbx:
  address: 10.0.0.5:5060
phones:
  domains: [pbx.example.com]
trunks:
  - { name: carrier, hosts: [{ uri: "sip:192.0.2.99" }], from: [192.0.2.99] }
policy:
  country: DE
  destinations:
    - { list: high-risk, action: reject }
    - { type: premium, action: reject, mode: shadow }
    - { country: DE, action: allow }
    - { action: reject }
`,
  );
});
afterAll(() => rmSync(dir, { recursive: true }));

async function explained(options: Partial<ExplainOptions>): Promise<string> {
  const lines: string[] = [];
  const put = (text: string): void => void lines.push(text);
  const terminal = {
    out: put,
    err: put,
    bold: (text: string) => text,
    tinted: (_: unknown, text: string) => text,
    problem: put,
    warning: put,
  };
  const environment = { variable: () => undefined } as never;
  const asked = { config: join(dir, "sbc.yaml"), to: "600", source: "198.51.100.7", transport: "tls", ...options };
  expect(await explain(undefined, asked, { environment, terminal })).toBe(0);
  return lines.join("\n").replaceAll(`${dir}/`, "");
}

test("a refusal names the rule, its line, what the number was read as, and what would change the answer", async () => {
  const text = await explained({ from: "1001", to: "00881612345678", at: "2026-11-22 03:00" });
  expect(text).toContain("1001 calls 00881612345678, from 198.51.100.7 over tls, 2026-11-22 03:00");
  expect(text).toContain("international, +881612345678, satellite, 881");
  expect(text).toContain("refused: 403 Destination Barred (high-risk-destination)");
  expect(text).toContain("destination   REFUSES    list high-risk  sbc.yaml:10 policy.destinations[0]");
  expect(text).toContain("allow its prefix before that rule");
});

test("a call that passes shows what looked on, and which rule let it through", async () => {
  const text = await explained({ from: "1001", to: "09001123456" });
  expect(text).toContain("in shadow  type premium  sbc.yaml:11 policy.destinations[1]");
  expect(text).toContain("passes     allowed: country DE  sbc.yaml:12 policy.destinations[2]");
  expect(text).toContain("let through");
});

test("what a number could be read as is shown", async () => {
  expect(await explained({ from: "1001", to: "881612345678" })).toContain(
    "could be read  +881612345678, satellite, 881",
  );
});

test("a forwarding of the PBX, a stranger, a carrier and an emergency call have answers of their own", async () => {
  expect(await explained({ through: "carrier", to: "600" })).toContain("refused: 404 Number Not In Dial Plan");
  expect(await explained({ to: "600" })).toContain("refused: 403 Register First (not-registered)");
  expect(await explained({ source: "192.0.2.99", to: "600" })).toContain("the carrier carrier calls 600");
  expect(await explained({ to: "tel:112" })).toContain("let through, as an emergency call");
});

test("--json is the same as data", async () => {
  const json = JSON.parse(await explained({ from: "1001", to: "+881612345678", json: true })) as Record<
    string,
    unknown
  >;
  expect(json).toMatchObject({ action: "reject", status: 403, reason: "high-risk-destination" });
  expect(json.number).toMatchObject({ world: { e164: "881612345678", type: "satellite" } });
});

test.each([{ transport: "carrier pigeon" }, { at: "yesterday" }, { through: "nobody" }, { to: "@@" }])(
  "%j is refused with what to write instead",
  async (options) => {
    await expect(explained(options)).rejects.toThrow(RingfenceError);
  },
);
