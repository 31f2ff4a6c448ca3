import { createHash } from "node:crypto";
import { join } from "node:path";
import { loadAccounts } from "@ringfence/policy";
import { expect, test } from "vitest";
import { type AuditOptions, audit } from "../commands/audit.ts";
import { readEnvironment } from "../environment.ts";
import { readOpenPorts } from "./open-ports.ts";
import { passwordFacts } from "./password-facts.ts";

test("sockets that wait are read from the kernel's lists, those that talk are not", () => {
  const tcp = [
    "  sl  local_address rem_address   st tx_queue",
    "   0: 0100007F:2364 00000000:0000 0A 00000000:00000000",
    "   1: 0F02000A:01BB 0202000A:C0DE 01 00000000:00000000",
    "   2: broken",
  ].join("\n");
  expect(readOpenPorts(tcp, "tcp")).toEqual([{ transport: "tcp", address: "127.0.0.1", port: 9060, program: "" }]);
  const udp6 = [
    "  sl  local_address                         remote_address                        st",
    "   0: 00000000000000000000000000000000:13C4 00000000000000000000000000000000:0000 07 0:0",
    "   1: 0000000000000000FFFF00000100000A:13C5 00000000000000000000000000000000:0000 07 0:0",
    "   2: B80D0120000000000000000001000000:13C6 00000000000000000000000000000000:0000 07 0:0",
    "   3: 00000000000000000000000000000000:9999 00000000000000000000000001000000:13C4 07 0:0",
  ].join("\n");
  expect(readOpenPorts(udp6, "udp").map(({ address, port }) => `${address} ${port}`)).toEqual([
    ":: 5060",
    "10.0.0.1 5061",
    "2001:db8:0:0:0:0:0:1 5062",
  ]);
});

test("a hash is no secret when the password is the name", () => {
  const hash = (password: string): string => createHash("md5").update(`101:pbx.example.com:${password}`).digest("hex");
  const file = (password: string): string =>
    `"101": { ha1: [{ realm: pbx.example.com, algorithm: MD5, hash: ${hash(password)} }] }\n"102": { password: kV7-zw2Qpd9-sTf }\n`;
  const factsOf = (password: string) => {
    const loaded = loadAccounts(file(password));
    return passwordFacts(loaded.ok ? loaded.accounts : undefined);
  };
  expect(factsOf("101")).toEqual({ accounts: 2, weak: ["101"], plain: ["102"] });
  expect(factsOf("Jq8-vmd2-Lx0R")).toEqual({ accounts: 2, weak: [], plain: ["102"] });
});

const smallest = join(import.meta.dirname, "../../../../deploy/examples/smallest.yaml");

async function graded(options: AuditOptions): Promise<{ readonly code: number; readonly text: string }> {
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
  const code = await audit({ config: smallest, ...options }, { environment: readEnvironment({}), terminal });
  return { code, text: lines.join("\n") };
}

test("the command grades a file, and its exit code says whether something as bad as asked for was found", async () => {
  const { code, text } = await graded({ json: true });
  expect(code).toBe(1);
  const report = JSON.parse(text);
  expect(report).toMatchObject({ format: 1, target: smallest, points: expect.any(Array) });
  expect(report.score).toBeGreaterThan(40);
  const lenient = await graded({ failOn: "critical" });
  expect(lenient.code).toBe(0);
  expect(lenient.text).toContain("encryption-self-signed");
});
