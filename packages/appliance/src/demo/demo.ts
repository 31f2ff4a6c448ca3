/** `start` without a configuration file: everything needed for a first call, on this machine alone. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, freeUdpRange, isTcpPortFree } from "../io/free-ports.ts";
import { ownAddress } from "../own-address.ts";
import { type DemoAccount, keepAccounts } from "./accounts.ts";
import { type DemoPlan, demoConfig } from "./demo-config.ts";
import { type PbxProcess, startPbx } from "./pbx-process.ts";

export interface Demo {
  readonly plan: DemoPlan;
  readonly accounts: readonly DemoAccount[];
  /** The configuration file to start with. */
  readonly config: string;
  /** Starting: what phones talk to can start beside it. Rejects with a RingfenceError. */
  readonly pbx: Promise<PbxProcess>;
}

const checkout = fileURLToPath(new URL("../../../..", import.meta.url));
const usualMetricsPort = 9_060;
const usualAdminPort = 9_061;

export async function prepareDemo(sipPort: number): Promise<Demo> {
  // One folder for each port, so that a second demo beside the first does not share its socket.
  const stateDir = join(checkout, ".state", sipPort === 5_060 ? "demo" : `demo-${sipPort}`);
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const { file, accounts } = keepAccounts(stateDir);
  const plan = await choosePlaces(sipPort, stateDir);
  const pbxRtp = await freeUdpRange("127.0.0.1", 20_400, 200);
  const config = join(stateDir, "ringfence.yaml");
  writeFileSync(config, demoConfig(plan), { mode: 0o600 });
  const pbx = startPbx({ address: "127.0.0.1", port: plan.pbxPort, rtp: pbxRtp, accounts: file });
  return { plan, accounts, config, pbx };
}

async function choosePlaces(sipPort: number, stateDir: string): Promise<DemoPlan> {
  return {
    address: ownAddress(),
    sipPort,
    stateDir,
    pbxPort: await freePort("127.0.0.1"),
    phonesFromPort: await freePort("127.0.0.1"),
    trunksFromPort: await freePort("127.0.0.2"),
    metricsPort: await usualPort(usualMetricsPort),
    adminPort: await usualPort(usualAdminPort),
    media: await freeUdpRange("0.0.0.0", 10_000, 1_000),
  };
}

async function usualPort(usual: number): Promise<number> {
  return (await isTcpPortFree("127.0.0.1", usual)) ? usual : freePort("127.0.0.1");
}
