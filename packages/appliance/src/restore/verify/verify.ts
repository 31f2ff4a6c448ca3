/**
 * Proves that a machine can be made from a backup: unpacks it into a folder that is removed afterwards, starts a private Ringfence from
 * it, with the demo's PBX behind it, and places a call through both. What serves on this machine is not touched.
 */
import { randomBytes, randomInt } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPbx } from "../../demo/pbx-process.ts";
import type { Environment } from "../../environment.ts";
import { socketPath } from "../../instances.ts";
import { freePort, freeUdpRange } from "../../io/free-ports.ts";
import type { CallAccount, TestCallReport } from "../../test-call/order.ts";
import { placeTestCall } from "../../test-call/place-test-call.ts";
import type { BackupFile } from "../read-backup.ts";
import { privateConfig } from "./private-config.ts";
import { startPrivate } from "./private-instance.ts";
import { countRecords, type Unpacked, unpackForLook } from "./unpacked.ts";

export interface Verified {
  readonly manifest: Unpacked["manifest"];
  readonly call: TestCallReport;
}

const talk = 1_000;

/** @param tell one line for each step that went well. @throws RingfenceError, ConfigError with what is wrong with it */
export async function verifyBackup(
  backup: BackupFile,
  environment: Environment,
  tell: (line: string) => void,
): Promise<Verified> {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-verify-"));
  const sweep = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", sweep);
  try {
    const unpacked = await unpackForLook(backup, folder, environment);
    const { manifest, stateDir } = unpacked;
    tell(
      `whole: ${manifest.files.length} files of ${manifest.made}, and a configuration that this version starts with`,
    );
    tell(`records and audit: ${countRecords(stateDir)} rows, nothing was changed or dropped`);
    return { manifest, call: await callThrough(unpacked, folder, environment, tell) };
  } finally {
    sweep();
    process.off("exit", sweep);
  }
}

async function callThrough(
  { manifest, stateDir, file, loaded }: Unpacked,
  folder: string,
  environment: Environment,
  tell: (line: string) => void,
): Promise<TestCallReport> {
  const { config } = loaded.file;
  const people = [account(), account()] as const;
  const ports = {
    sip: await freePort("127.0.0.1"),
    pbx: await freePort("127.0.0.1"),
    phonesFrom: await freePort("127.0.0.1"),
    trunksFrom: await freePort("127.0.0.2"),
    media: await freeUdpRange("127.0.0.1", 21_000, 100),
  };
  const [accounts, path, known] = ["accounts.json", "private.yaml", "pbx.json"].map((name) => join(folder, name));
  write(accounts, JSON.stringify(Object.fromEntries(people.map(({ user, password }) => [user, { password }]))));
  write(known, JSON.stringify({ accounts: people, accept: ["127.0.0.1", "127.0.0.2"] }));
  write(path, privateConfig({ config, unpacked: file, stateDir, accounts: accounts ?? "", ports }));
  const rtp = await freeUdpRange("127.0.0.1", ports.media.last + 1, 100);
  const pbx = await startPbx({ address: "127.0.0.1", port: ports.pbx, rtp, accounts: known ?? "" });
  try {
    const runtimeDir = join(folder, "run");
    const secrets = manifest.environment.flatMap((name) => {
      const value = environment.secret(name);
      return value === undefined ? [] : [[name, value] as const];
    });
    const env = { ...Object.fromEntries(secrets), PATH: "/usr/bin:/bin", HOME: folder, RUNTIME_DIRECTORY: runtimeDir };
    const instance = await startPrivate(path ?? "", socketPath(stateDir, { ...environment, runtimeDir }), env);
    tell(`a private Ringfence runs from it on 127.0.0.1:${ports.sip}, with a PBX of its own`);
    try {
      return await placeTestCall({
        server: { address: "127.0.0.1", port: ports.sip, transport: "tls", trust: "any" },
        domain: config.phones.domains[0] ?? "",
        caller: people[0],
        callee: people[1],
        srtp: config.phones.media.srtp === "off" ? "off" : "required",
        talk,
      });
    } finally {
      await instance.stop();
    }
  } finally {
    await pbx.stop();
  }
}

/** One that no site has: what its state says of accounts is not about this one. */
function account(): CallAccount {
  return { user: `9${randomInt(10_000_000, 99_999_999)}`, password: randomBytes(15).toString("base64url") };
}

function write(path: string | undefined, text: string): void {
  if (path !== undefined) writeFileSync(path, text, { mode: 0o600 });
}
