/**
 * What docs/reload.md shows, from a run: `unshare -n sh -c "ip link set lo up; node test/docs/reload-transcript.ts"` prints each command with
 * what it says. A Ringfence with three calls of a carrier and a registered phone, on loopback; the folder of its file is called /etc/ringfence.
 */
import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { audioAt, CarrierCalls } from "../bench/load/carrier-calls.ts";
import { ready } from "../bench/metrics.ts";
import { ringfence } from "../bench/peers/ringfence.ts";
import { siteOf } from "../bench/peers/site.ts";

const command = fileURLToPath(new URL("../../ringfence", import.meta.url));
const site = siteOf(9);
const system = ringfence({ site, media: "engine: js, ports: 20000-20099" });
const file = system.path("ringfence.yaml");
const plain = readFileSync(file, "utf8").replace(
  "policy: { limits: { calls: 5000",
  "policy: { on_reload: end, limits: { calls: 50",
);
write(plain);

/** Shows what somebody types, and what comes of it. */
function shown(...args: readonly string[]): number | null {
  const { stdout, stderr, status } = spawnSync(command, [...args, "--config", file], { encoding: "utf8" });
  const text = (stdout + stderr).trimEnd().replaceAll(file.slice(0, file.lastIndexOf("/")), "/etc/ringfence");
  // What the file of a benchmark is warned of is not its matter.
  const lines = text.split("\n").filter((line) => !line.includes("warning"));
  console.log(`$ ./ringfence ${args.join(" ")}\n${lines.join("\n")}\n`);
  return status;
}

function write(text: string): void {
  system.file("ringfence.yaml", text);
}

/** A phone that registers; the PBX of the calls takes whatever it is asked. */
async function register(): Promise<void> {
  const phone = createSocket("udp4");
  const accepted = new Promise<void>((resolve) => phone.on("message", () => resolve()));
  await new Promise<void>((resolve) => phone.bind(15_999, "127.0.0.5", resolve));
  const lines = [
    "REGISTER sip:bench.example.com SIP/2.0",
    "Via: SIP/2.0/UDP 127.0.0.5:15999;branch=z9hG4bK-transcript;rport",
    "Max-Forwards: 70",
    "From: <sip:1001@bench.example.com>;tag=transcript",
    "To: <sip:1001@bench.example.com>",
    "Call-ID: transcript",
    "CSeq: 1 REGISTER",
    "Contact: <sip:1001@127.0.0.5:15999>",
    "Content-Length: 0",
  ];
  phone.send(`${lines.join("\r\n")}\r\n\r\n`, site.entry.port, site.entry.address);
  await accepted;
  phone.unref();
}

await ready(site);
const calls = await CarrierCalls.open(site, true);
await register();
for (const number of [1, 2, 3]) {
  const [offer, answer] = [audioAt({ ...site.caller, port: 40_000 }), audioAt({ ...site.pbx, port: 40_002 })];
  if ((await calls.exchange(number, offer, answer)) === undefined) throw new Error("a call failed");
}
// The start has loaded the file as it was written first.
spawnSync(command, ["reload", "--config", file]);

write(plain.replace("calls: 50,", "calls: 20,"));
shown("diff");
write(plain.replace("calls: 50,", "calls: 2000000,"));
console.log(`$ echo $?\n${shown("reload")}`);
write(plain.replace("calls: 50,", "calls: 20,"));
shown("reload", "--confirm", "5m");
shown("status");
shown("confirm");
const stricter = plain.replace("calls: 50,", "calls: 20,").replace("from: [", "limits: { in: { calls: 1 } }, from: [");
write(`${stricter}\ndefence: { deny: [127.0.0.5] }\n`);
shown("reload");
shown("history");
shown("rollback");
calls.close();
await system.stop();
process.exit(0);
