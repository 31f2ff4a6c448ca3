/** Decides calls with a policy of 1,000 destination rules, again and again. Asked by `decide.ts`. */
import { compile, loadConfig, type SignalSubject } from "@ringfence/policy";
import { answering } from "../load/child.ts";
import type { DecideCost } from "../load/decide.ts";

/** 998 prefixes that overlap as those of carriers do, a type and a country; the country is the last. */
function rules(): string {
  const prefixes = Array.from(
    { length: 998 },
    (_, i) => `{ prefix: "+${7}${100 + (i % 900)}${i % 10}", action: reject }`,
  );
  return [...prefixes, "{ type: [premium, shared-cost], action: reject }", "{ country: DE, action: allow }"].join(", ");
}

const loaded = loadConfig(`
pbx: { address: "10.0.0.5:5060" }
phones: { domains: [pbx.example.com] }
policy: { country: DE, destinations: [${rules()}] }
`);
if (!loaded.ok) throw new Error(loaded.issues.map((issue) => issue.message).join("\n"));
const policy = compile(loaded.config);

const base: Omit<SignalSubject, "number" | "targetUser" | "targetRaw"> = {
  side: "phone",
  packetSource: "203.0.113.77",
  transport: "tls",
  method: "INVITE",
  inDialog: false,
  size: 1400,
  headerCount: 20,
  targetScheme: "sip",
  targetHost: "pbx.example.com",
  account: "1001",
  load: {
    calls: 10,
    callsThisSecond: 1,
    callsOfAccount: 0,
    callsOfTrunk: 0,
    callsOfTrunkThisSecond: 0,
    unregisteredEmergencies: 0,
  },
};

/** As the edge does it: the number is read, then the rules are asked. */
function decided(targetUser: string): () => void {
  const targetRaw = `sip:${targetUser}@pbx.example.com`;
  return () => {
    policy.decideSignal({ ...base, targetUser, targetRaw, number: policy.readNumber(targetUser) });
  };
}

/** Processor time of this thread: a busy neighbour shall not count. */
function steady(work: () => void): number {
  const times = 20_000;
  const runs = Array.from({ length: 9 }, () => {
    const start = process.threadCpuUsage();
    for (let time = 0; time < times; time++) work();
    const { user, system } = process.threadCpuUsage(start);
    return (user + system) / times;
  }).sort((a, b) => a - b);
  return runs[4] ?? Number.NaN;
}

answering<object>(
  (): DecideCost => ({
    "an extension": steady(decided("600")),
    "a number that the last rule allows": steady(decided("030123456")),
    "a number that a prefix refuses": steady(decided("0071003123456")),
    "a number that could be another": steady(decided("881612345678")),
    "an emergency call": steady(decided("112")),
    "reading a number": steady(() => policy.readNumber("030123456")),
  }),
);
