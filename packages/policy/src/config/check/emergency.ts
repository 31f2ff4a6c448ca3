/** That nothing in a file keeps an emergency call: proven by asking the compiled policy, not by reading the rules. */
import { compile } from "../../compile.ts";
import { plainNumber } from "../../number/plain.ts";
import type { Policy } from "../../policy.ts";
import type { SignalSubject } from "../../subject.ts";
import type { Config } from "../config.ts";
import type { Finding } from "../yaml-document.ts";

export function checkEmergency({ policy }: Partial<Config>): readonly Finding[] {
  if (policy === undefined || policy.emergency.numbers.length > 0) return [];
  return [
    {
      code: "no-emergency-numbers",
      severity: "warning",
      path: ["policy", "emergency", "numbers"],
      message: "no number is exempt from limits as an emergency call",
      remedy: 'list the emergency numbers of your country: ["112"]',
    },
  ];
}

/** The sections that a policy is compiled from, each right in itself. */
export function checkEmergencyPaths(config: Partial<Config>): readonly Finding[] {
  if (!isWhole(config)) return [];
  const policy = compile(config);
  const { numbers } = config.policy.emergency;
  return numbers.flatMap((number, index) => [
    ...ordinary(policy, number, index),
    ...shadowed(policy, config, number, index),
    ...withoutTrunk(policy, config, number, index),
  ]);
}

function isWhole(config: Partial<Config>): config is Config {
  const { pbx, phones, trunks, policy, defence } = config;
  return [pbx, phones, trunks, policy, defence].every((section) => section !== undefined);
}

function at(index: number): Finding["path"] {
  return ["policy", "emergency", "numbers", index];
}

/** Whoever may dial it past every limit should reach a rescue service, not somebody who is paid by the minute. */
function ordinary(policy: Policy, number: string, index: number): readonly Finding[] {
  const { world, form } = policy.readNumber(number);
  if (world === undefined || (form === "international" && world.country === undefined)) return [];
  if (world.e164.length <= longestShortCode) return [];
  return [
    {
      code: "emergency-number-ordinary",
      severity: "warning",
      path: at(index),
      message: `\`${number}\` is an ordinary number (${world.type}, ${world.country}), and no limit would ever stop a call to it`,
      remedy: "list short emergency numbers only, and give this one a rule of its own",
    },
  ];
}

/** With the country code it may be read with. */
const longestShortCode = 6;

/** Every count at its end, nobody registered, at night: what a limit refuses it refuses now. */
const exhausted: SignalSubject["load"] = {
  draining: true,
  calls: Number.POSITIVE_INFINITY,
  callsThisSecond: Number.POSITIVE_INFINITY,
  callsOfAccount: Number.POSITIVE_INFINITY,
  callsOfTrunk: Number.POSITIVE_INFINITY,
  callsOfTrunkThisSecond: Number.POSITIVE_INFINITY,
  unregisteredEmergencies: 0,
};

/** By construction there is none, whatever the file says; here that is shown for the file at hand, and for whatever comes. */
export function shadowed(policy: Policy, config: Config, number: string, index: number): readonly Finding[] {
  const ways: readonly Pick<SignalSubject, "side" | "account" | "trunk">[] = [
    { side: "phone", account: "1001" },
    ...(config.policy.emergency.unregisteredCalls > 0 ? [{ side: "phone", account: undefined } as const] : []),
    ...config.trunks.map(({ name }) => ({ side: "core", account: undefined, trunk: name }) as const),
  ];
  for (const way of ways) {
    const verdict = policy.decideSignal(callTo(policy, number, way));
    if (verdict.action === "allow" && verdict.emergency) continue;
    const rule = verdict.action === "allow" ? "emergency" : verdict.rule;
    const from = way.side === "phone" ? "from a phone" : `through trunk \`${way.trunk}\``;
    return [
      {
        code: "emergency-shadowed",
        severity: "error",
        path: at(index),
        message: `a call to \`${number}\` ${from} would not get through: the rule \`${rule}\` ${verdict.chain.at(-1)?.note ?? ""}`,
        remedy: "write the number as it is dialled, digits only",
      },
    ];
  }
  return [];
}

function callTo(policy: Policy, number: string, way: Pick<SignalSubject, "side" | "account" | "trunk">): SignalSubject {
  return {
    ...way,
    packetSource: "",
    transport: "udp",
    method: "INVITE",
    inDialog: false,
    size: 1_000,
    headerCount: 15,
    targetScheme: "sip",
    targetUser: number,
    targetHost: "",
    targetRaw: `sip:${number}`,
    number: policy.readNumber(number, way.trunk),
    load: exhausted,
  };
}

/** A PBX that sends emergency calls to a carrier needs one that takes them. */
function withoutTrunk(policy: Policy, { trunks }: Config, number: string, index: number): readonly Finding[] {
  if (trunks.length === 0 || policy.trunkFor(plainNumber(number) ?? number) !== undefined) return [];
  return [
    {
      code: "emergency-without-trunk",
      severity: "warning",
      path: at(index),
      message: `no trunk takes \`${number}\`: if the PBX sends it to a carrier, the call ends with 404`,
      remedy: `add "${number}" to \`numbers.prefix\` of the trunk that has an emergency service`,
    },
  ];
}
