/** What stands under deploy/wireguard and deploy/keepalived is what those programs take, and fits the example it belongs to. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadConfig } from "@ringfence/policy";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inNamespace, mayMakeNamespaces, NetworkOfNamespaces } from "../support/network-namespace.ts";
import { findProgram, outsideProgram } from "../support/outside-program.ts";

const deploy = fileURLToPath(new URL("../../deploy/", import.meta.url));
const read = (path: string): string => readFileSync(join(deploy, path), "utf8");
const withWireguard = outsideProgram("wg-quick", "wireguard-tools");
const withKeepalived = outsideProgram(
  "keepalived",
  "keepalived",
  () => findProgram("keepalived") !== undefined && mayMakeNamespaces(),
);
const withFilter = outsideProgram("nft", "nftables", () => findProgram("nft") !== undefined && mayMakeNamespaces());
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-deploy-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** `Key = value` lines of a tunnel's file; of several with one key the last. */
function values(path: string): Readonly<Record<string, string>> {
  const pairs = read(path)
    .split("\n")
    .filter((line) => !line.startsWith("#") && line.includes(" = "))
    .map((line) => [line.slice(0, line.indexOf(" = ")), line.slice(line.indexOf(" = ") + 3)]);
  return Object.fromEntries(pairs);
}

test("the two ends of the tunnel, the rules and the example agree about addresses and ports", () => {
  const [here, there] = [values("wireguard/wg0.conf"), values("wireguard/carrier.conf")];
  expect([here["AllowedIPs"], there["AllowedIPs"]]).toEqual([there["Address"], here["Address"]]);
  expect(here["MTU"]).toBe(there["MTU"]);
  const address = String(here["Address"]).split("/")[0] ?? "";
  const far = String(there["Address"]).split("/")[0] ?? "";
  const loaded = loadConfig(read("examples/wireguard.yaml"), new Map([["wg0", [address]]]));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const [trunk] = loaded.config.trunks;
  expect(trunk?.hosts[0]?.host).toBe(far);
  expect(trunk?.listen.map(({ address: own }) => own)).toEqual([address, address]);
  const { first, last } = loaded.config.media.ports;
  const rules = read("wireguard/tunnel.nft");
  expect(rules).toContain(`ip saddr ${far} udp dport { ${trunk?.listen[0]?.port}, ${first}-${last} } accept`);
  expect(rules).toContain(`ip saddr != ${String(here["Endpoint"]).split(":")[0]} drop`);
});

withWireguard("wg-quick and wg take both ends", () => {
  for (const name of ["wg0", "carrier"]) {
    const program = findProgram("wg-quick") ?? "";
    const { stdout, stderr, status } = spawnSync(program, ["strip", join(deploy, "wireguard", `${name}.conf`)], {
      encoding: "utf8",
    });
    expect({ stderr: stderr.replace(/^Warning.*\n/gm, ""), status }).toEqual({ stderr: "", status: 0 });
    expect(stdout).toContain("AllowedIPs = 10.9.0.");
    // wg-quick's own keys are for wg-quick; wg would refuse them.
    expect(stdout).not.toMatch(/MTU|PostUp|Address/);
  }
});

/** Runs it on a machine with the interfaces of the examples. */
function onTheirMachine(program: string, ...args: readonly string[]) {
  const network = NetworkOfNamespaces.open(["wan", "inside"]);
  try {
    const plugs = { lan: "wan", addresses: ["203.0.113.11/24"] };
    const inside = network.join("sbc", { eth0: plugs, eth2: { lan: "inside", addresses: ["10.0.0.11/24"] } });
    const [command, all] = inNamespace(inside, program, args);
    const { stdout, stderr, status } = spawnSync(command, all, { encoding: "utf8" });
    return { said: `${stdout}${stderr}`, status };
  } finally {
    network.close();
  }
}

withFilter("the packet filter takes the tunnel's rules, and takes them again", () => {
  const rules = join(deploy, "wireguard/tunnel.nft");
  expect(onTheirMachine("sh", "-c", `nft -f ${rules} && nft -f ${rules}`)).toEqual({ said: "", status: 0 });
});

withKeepalived("keepalived takes its file and the two programs it names", () => {
  const scripts = join(dir, "scripts");
  cpSync(join(deploy, "keepalived"), scripts, { recursive: true });
  const file = join(dir, "keepalived.conf");
  writeFileSync(file, read("keepalived/keepalived.conf").replaceAll("/usr/local/lib/ringfence-standby", scripts));
  // What it does not like it says, and goes on: silence is what says that all of it was understood.
  expect(onTheirMachine("keepalived", "-t", "-f", file)).toEqual({ said: "", status: 0 });
});

/** systemd and syslog, played: what the service is in stands in a file, and what was asked of it is written down. */
function played(state: string, role?: string): NodeJS.ProcessEnv {
  const bin = join(dir, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "systemctl"), `#!/bin/sh\n[ "$1" = show ] && echo ${state} || echo "$*" >>${dir}/asked\n`);
  writeFileSync(join(bin, "logger"), "#!/bin/sh\n");
  for (const name of ["systemctl", "logger"]) chmodSync(join(bin, name), 0o755);
  if (role !== undefined) writeFileSync(join(dir, "role"), `${role}\n`);
  return { PATH: `${bin}:/usr/bin:/bin`, RINGFENCE_ROLE: join(dir, "role") };
}

async function isFit(environment: NodeJS.ProcessEnv, metrics = "127.0.0.1/1"): Promise<boolean> {
  const env = { ...environment, RINGFENCE_METRICS: metrics };
  const asked = spawn(join(deploy, "keepalived/ringfence-health"), { env, stdio: "ignore" });
  return (await once(asked, "close"))[0] === 0;
}

test("who stands by is fit without a Ringfence; who serves is as long as it runs and answers", async () => {
  expect(await isFit(played("inactive"))).toBe(true);
  expect(await isFit(played("inactive", "BACKUP"))).toBe(true);
  expect(await isFit(played("inactive", "MASTER"))).toBe(false);
  expect(await isFit(played("failed", "MASTER"))).toBe(false);
  expect(await isFit(played("activating", "MASTER"))).toBe(true);
  expect(await isFit(played("active", "MASTER"))).toBe(false);
  let status = 200;
  const server = createServer((request, response) => {
    response.writeHead(request.url === "/healthz" ? status : 404).end("alive\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const place = `127.0.0.1/${typeof address === "object" ? address?.port : ""}`;
  try {
    expect(await isFit(played("active", "MASTER"), place)).toBe(true);
    status = 500;
    expect(await isFit(played("active", "MASTER"), place)).toBe(false);
  } finally {
    server.close();
  }
});

test("the one that gets the addresses starts Ringfence, the one that loses them stops it at once", () => {
  const turned = (role: string): string => {
    const env = played("inactive");
    const program = join(deploy, "keepalived/ringfence-switch");
    expect(spawnSync(program, ["INSTANCE", "ringfence", role, "100"], { env }).status).toBe(0);
    return readFileSync(join(dir, "role"), "utf8").trim();
  };
  expect(turned("MASTER")).toBe("MASTER");
  expect(turned("FAULT")).toBe("FAULT");
  expect(readFileSync(join(dir, "asked"), "utf8").trim().split("\n")).toEqual([
    "reset-failed ringfence",
    "start --no-block ringfence",
    "kill --kill-whom=main --signal=SIGTERM ringfence",
    "stop --no-block ringfence",
  ]);
});
