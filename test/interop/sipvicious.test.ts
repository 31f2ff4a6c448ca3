/** sipvicious against Ringfence, from the address of a phone that works: it finds and learns nothing, and the phone goes on. */
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect } from "vitest";
import type { Captured } from "../support/pcap.ts";
import { Capture } from "./laboratory/capture.ts";
import { extension, plain } from "./laboratory/extensions.ts";
import { addresses, Laboratory } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { Pbx, passwords } from "./laboratory/pbx.ts";
import { Phone } from "./laboratory/phone.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";

const scenario = laboratoryTest("baresip", "svmap");
const target = addresses.ringfenceOutside;
const scannerPort = 5_999;
const edge = "authentication: edge\n  digest: [MD5]\n  accounts: { file: accounts.yaml }\n  ";

/** What each is told to look for is there: 1001 to 1003 are extensions, and 1001 has a password, which is no number. */
const tools = [
  ["svmap", [target]],
  ["svwar", ["-e", "1000-1020", target]],
  ["svcrack", ["-u", "1001", "-r", "1000-1020", target]],
] as const;
/** By other methods, which are answered alike whoever asks for passwords. */
const otherMethods = [
  ["svmap", ["-m", "INVITE", target]],
  ["svwar", ["-m", "INVITE", "-e", "1000-1020", target]],
  ["svwar", ["--force", "-m", "OPTIONS", "-e", "1000-1020", target]],
] as const;

describe.each(["relay", "edge"] as const)("with authentication: %s", (authentication) => {
  let laboratory: Laboratory;
  let ringfence: Ringfence;
  let capture: Capture;
  let phone: Phone;
  beforeAll(async () => {
    if (!scenario.available) return;
    laboratory = Laboratory.open(`sipvicious-${authentication}`);
    await Pbx.start(laboratory);
    const accounts = Object.entries(passwords).map(([user, password]) => `"${user}": { password: "${password}" }`);
    writeFileSync(laboratory.path("accounts.yaml"), accounts.join("\n"), { mode: 0o600 });
    capture = await Capture.start(laboratory, "outside", "scan");
    const phones = `${authentication === "edge" ? edge : ""}media: { srtp: optional }`;
    ringfence = await Ringfence.start(laboratory, config({ phones }));
    phone = await Phone.start(laboratory, "phone", extension("1001", plain));
  }, 120_000);
  afterAll(() => laboratory?.close());

  /** To or from the scanner's port. */
  const packets = (of: (packet: Captured) => number): number =>
    capture.soFar().filter((packet) => of(packet) === scannerPort).length;

  scenario("none of its tools is answered, each is listed at once, and the phone beside them calls", async () => {
    const played = authentication === "relay" ? [...tools, ...otherMethods] : tools;
    for (const [index, [tool, args]] of played.entries()) {
      const program = laboratory.run("phone", `${index}-${tool}`, {
        command: tool,
        args: ["-P", String(scannerPort), ...args],
        // It keeps its sessions in the home folder.
        environment: { HOME: laboratory.folder },
      });
      await ringfence.until(`${tool} to be listed`, ({ defence }) => defence.bans.suspect === 1);
      await program.ended;
      expect(program.output).not.toMatch(/100[123]|reqauth|noauth|Ringfence|SIP Device \|.*\n.*198/);
      expect((await ringfence.ask("unban", addresses.phone)).output).toContain("may try again");
    }
    expect(packets(({ sourcePort }) => sourcePort)).toBeGreaterThanOrEqual(played.length);
    expect(packets(({ destinationPort }) => destinationPort)).toBe(0);
    phone.tell("dial", "600");
    await phone.sees("CALL_ESTABLISHED");
    phone.tell("hangup");
    await phone.sees("CALL_CLOSED");
  });
});
