import { expect, test } from "vitest";
import { compile } from "../../compile.ts";
import type { Policy } from "../../policy.ts";
import type { Config } from "../config.ts";
import { loadConfig } from "../load.ts";
import { shadowed } from "./emergency.ts";

/** Everything that can refuse is set to refuse. */
const strict = `
pbx: { address: "10.0.0.5:5060" }
phones: { domains: [pbx.example.com] }
trunks:
  - { name: first, hosts: [{ uri: "sip:192.0.2.1" }], numbers: { prefix: ["9"], format: e164, country_code: "1", tech_prefix: "77" }, limits: { calls: 1, out: { hours: "Mon 08:00-08:01 UTC", calls_per_hour: 1 } } }
  - { name: second, hosts: [{ uri: "sip:192.0.2.2" }], numbers: { prefix: ["1", "+"] } }
policy:
  country: US
  limits: { calls: 1, calls_per_second: 1, calls_per_account: 1 }
  destinations: [{ prefix: ["1", "9", "112", "+112", "+9"], action: reject }, { type: local, action: reject }, { action: reject }]
  accounts: { default: { calls_per_hour: 1, minutes_per_day: 1, hours: "Mon 08:00-08:01 UTC" } }
`;

function configOf(text: string): Config {
  const loaded = loadConfig(text);
  if (!loaded.ok) throw new Error(loaded.issues.map(({ path, message }) => `${path}: ${message}`).join("\n"));
  return loaded.config;
}

test("threat L15: with every limit exhausted and every rule refusing, no emergency number is stopped by a file", () => {
  const config = configOf(strict);
  const found = config.policy.emergency.numbers.flatMap((number, at) => shadowed(compile(config), config, number, at));
  expect(config.policy.emergency.numbers).toEqual(["112", "911", "999"]);
  expect(found).toEqual([]);
});

test("threat L15: a rule that stops an emergency call is found before the file is taken", () => {
  const config = configOf(strict);
  const whole = compile(config);
  // As if somebody had put a rule before the one that knows emergency calls.
  const broken: Policy = {
    ...whole,
    decideSignal: (subject) => whole.decideSignal({ ...subject, targetUser: `9${subject.targetUser}` }),
  };
  expect(shadowed(broken, config, "112", 0)).toMatchObject([
    { code: "emergency-shadowed", severity: "error", path: ["policy", "emergency", "numbers", 0] },
  ]);
});
