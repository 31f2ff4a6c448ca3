/** `ringfence setup` whole, against the PBX stand-in: from a file of answers to an administrator and a test call; and once more, when nothing changes. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ownAddress } from "../../packages/appliance/src/own-address.ts";
import { type Pbx, startPbx } from "../pbx/pbx.ts";
import { freePort } from "../support/free-port.ts";
import { type Finished, launch } from "../support/ringfence-process.ts";

const own = ownAddress();
let dir: string;
let pbx: Pbx;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-setup-"));
  const first = await freePort(own);
  pbx = await startPbx({
    listen: [{ transport: "udp", address: own, port: 0 }],
    data: { accounts: [{ user: "1001", password: "a long word for 1001" }], accept: [own] },
    rtp: { address: own, first: first - (first % 2) + 2, last: first - (first % 2) + 21 },
  });
  writeFileSync(join(dir, "admin-password"), "four plain words together\n", { mode: 0o600 });
  writeFileSync(join(dir, "test-password"), "a long word for 1001\n", { mode: 0o600 });
  writeFileSync(
    join(dir, "answers.yaml"),
    `pbx: ${own}:${pbx.listening[0]?.port}
domains: [pbx.example.com]
phones_from: ${own}
public_address: none
certificate: internal
admin: anna
admin_password_file: ${join(dir, "admin-password")}
test_user: "1001"
test_number: "600"
test_password_file: ${join(dir, "test-password")}
checklist: { router: yes }
also:
  phones: { listen: [{ transport: tls, address: ${own}, port: ${await freePort(own)}, certificate: edge }] }
  core: { phones_from: "${own}:${await freePort(own)}", trunks_from: "127.0.0.2:5080" }
  media: { ports: 31500-31999, engine: js }
  metrics: { listen: "127.0.0.1:0" }
  admin: { listen: "127.0.0.1:${await freePort()}" }
  defence: { kernel: { nftables: "off" } }
`,
  );
});
afterAll(async () => {
  await pbx.stop();
  rmSync(dir, { recursive: true });
});

function setup(...more: readonly string[]): Promise<Finished> {
  const places = ["--config", "etc/ringfence.yaml", "--state", "state", "--no-service"];
  return launch(dir, "setup", "--answers", "answers.yaml", ...places, ...more).finished;
}

const written = (name: string): string => readFileSync(join(dir, "etc", name), "utf8");

test("one command makes certificates, configuration, packet filter and administrator, and a call with SRTP; again it changes nothing", async () => {
  const first = await setup();
  expect(first.err.split("\n").filter((line) => line.startsWith("ringfence:"))).toEqual([]);
  expect(first.out).toContain("answers: 200");
  expect(first.out).toContain("[8 of 8]");
  expect(first.out).toContain("otpauth://totp/");
  expect(first.out).toContain("The test call works.");
  expect(first.out).toContain("extensions 100, 101 and 102");
  expect(first.out).not.toContain("Router:");
  expect(first.code).toBe(0);
  expect(statSync(join(dir, "etc", "ringfence.yaml")).mode & 0o777).toBe(0o640);
  expect(statSync(join(dir, "etc", "secrets", "phones-ca.key")).mode & 0o777).toBe(0o600);
  expect(written("ringfence.nft")).toContain("table inet ringfence");
  const before = ["ringfence.yaml", "ringfence.nft", "certificates/edge.pem"].map(written);

  const second = await setup();
  expect(second.out).toContain("ringfence.yaml is as it should be.");
  expect(second.out).toContain("somebody can sign in already");
  expect(second.out).toContain("The test call works.");
  expect(second.code).toBe(0);
  expect(["ringfence.yaml", "ringfence.nft", "certificates/edge.pem"].map(written)).toEqual(before);
}, 240_000);

test("a configuration that was changed by hand is not replaced, and the change stays", async () => {
  const file = join(dir, "etc", "ringfence.yaml");
  writeFileSync(file, `${written("ringfence.yaml")}# mine\n`);
  const { code, err } = await setup();
  expect(err).toContain("was changed since");
  expect(code).toBe(2);
  expect(written("ringfence.yaml")).toContain("# mine");
}, 120_000);

test("without a terminal and without answers it says what to do", async () => {
  const { code, err } = await launch(dir, "setup", "--config", "etc/other.yaml", "--state", "state").finished;
  expect(err).toContain("--answers FILE");
  expect(code).toBe(2);
}, 60_000);
