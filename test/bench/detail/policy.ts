/** Prints the CPU cost of one policy decision and of one datagram at the gate, in steady state. `node test/bench/detail/policy.ts` */
import { Gate } from "@ringfence/dgram-rate-limiter";
import { compile, loadConfig, type SignalSubject } from "@ringfence/policy";

/** 1,000 denied blocks, 250 trunks with two sources each: more rules than a large site has. */
function largeFile(): string {
  const deny = Array.from({ length: 1000 }, (_, i) => `100.${64 + (i >> 8)}.${i & 255}.0/24`);
  const trunks = Array.from({ length: 250 }, (_, i) => {
    return `  - { name: t${i}, hosts: [{ uri: "sip:192.0.2.${i}" }], from: [192.0.2.${i}, "2001:db8:${i.toString(16)}::/48"] }`;
  });
  const head = ['pbx: { address: "10.0.0.5:5060" }', "phones: { domains: [pbx.example.com] }"];
  return [...head, `defence: { deny: [${deny.join(", ")}] }`, "trunks:", ...trunks].join("\n");
}

const loaded = loadConfig(largeFile());
if (!loaded.ok) throw new Error(loaded.issues.map((issue) => issue.message).join("\n"));
const policy = compile(loaded.config);

const load = {
  calls: 10,
  callsThisSecond: 1,
  callsOfAccount: 0,
  callsOfTrunk: 0,
  callsOfTrunkThisSecond: 0,
  unregisteredEmergencies: 0,
};
const call: SignalSubject = {
  side: "phone",
  packetSource: "203.0.113.77",
  transport: "tls",
  method: "INVITE",
  inDialog: false,
  size: 1400,
  headerCount: 20,
  targetScheme: "sip",
  targetUser: "+15550100123",
  targetHost: "pbx.example.com",
  targetRaw: "sip:+15550100123@pbx.example.com",
  number: policy.readNumber("+15550100123"),
  account: "1001",
  load,
};

/** CPU time, which neighbours on a small machine disturb least. */
function nanoseconds(rounds: number, work: () => void): number {
  const start = process.cpuUsage();
  for (let round = 0; round < rounds; round++) work();
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1000) / rounds;
}

/** The median of several long runs: one run alone may have met a garbage collection or a neighbour. */
function steady(work: () => void): string {
  const runs = Array.from({ length: 9 }, () => nanoseconds(200_000, work)).sort((a, b) => a - b);
  return `${Math.round(runs[4] ?? Number.NaN)} ns`.padStart(9);
}

const gate = new Gate({ seed: 0x5eed });
gate.ban(0, "198.51.100.9", 1e9);
let now = 0;
const addresses = Array.from({ length: 4096 }, (_, i) => `10.${i >> 8}.${i & 255}.${(i * 7) & 255}`);

function later(ms: number): number {
  now += ms;
  return now;
}

const rows: readonly (readonly [string, () => void])[] = [
  ["a call that is allowed, all seven rules", () => policy.decideSignal(call)],
  ["a call from a denied source", () => policy.decideSignal({ ...call, packetSource: "100.64.7.9" })],
  ["a call from IPv6", () => policy.decideSignal({ ...call, packetSource: "2001:db8:ffff::1" })],
  ["a call to a foreign domain", () => policy.decideSignal({ ...call, targetHost: "evil.example" })],
  ["an emergency call", () => policy.decideSignal({ ...call, targetUser: "112" })],
  ["which side is this source on: a phone", () => policy.sideOf("203.0.113.77")],
  ["which side is this source on: the last of 250 trunks", () => policy.sideOf("192.0.2.249")],
  ["gate: a datagram of a known source", () => gate.admit(later(6), "203.0.113.77", 600, 0x49)],
  ["gate: a datagram of a banned source", () => gate.admit(1, "198.51.100.9", 600, 0x49)],
  ["gate: junk", () => gate.admit(1, "198.51.100.8", 600, 0)],
  ["gate: forged sources", () => gate.admit(later(1), addresses[now & 4095] ?? "", 600, 0x49)],
];

for (const [what, work] of rows) console.log(`${steady(work)}  ${what}`);
