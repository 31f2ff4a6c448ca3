/** Number-normalisation bypass, one of the "five more": however a number is written, it is the same number, or none. */

import { dialledText } from "@ringfence/edge";
import { compile, loadConfig, plainNumber, type Verdict } from "@ringfence/policy";
import { parseUri } from "@ringfence/sip";
import fc from "fast-check";
import { expect, test } from "vitest";
import { EdgeWorld } from "../support/edge-world.ts";
import { inviteLines, offer } from "../support/sip-script.ts";

const idle = {
  calls: 0,
  callsThisSecond: 0,
  callsOfAccount: 0,
  callsOfTrunk: 0,
  callsOfTrunkThisSecond: 0,
  unregisteredEmergencies: 0,
};

/** The one number that the carrier may deliver. */
const wanted = "15550100123";

/** An octet of the number as somebody may write it. */
const spelledDigit = (digit: string) =>
  fc.constantFrom(digit, digit, digit, `%3${digit}`, `-${digit}`, `.${digit}`, `(${digit})`);

const spelled = (digits: string) => fc.tuple(...[...digits].map(spelledDigit)).map((parts) => parts.join(""));

const uri = fc
  .tuple(
    spelled(wanted),
    fc.constantFrom("+", "%2B", "", "%2b"),
    fc.constantFrom("sip", "tel", "SIP", "Tel", "sips"),
    fc.constantFrom("", ";user=phone", ";phone-context=+1", ";isub=4", ";transport=udp"),
    fc.boolean(),
  )
  .map(([digits, plus, scheme, tail, inUser]) => {
    if (scheme.toLowerCase() === "tel") return `${scheme}:${plus}${digits}${tail}`;
    return inUser
      ? `${scheme}:${plus}${digits}${tail.replace(";user=phone", "")}@203.0.113.1`
      : `${scheme}:${plus}${digits}@203.0.113.1${tail}`;
  });

/** What the one who decides sees, and what the PBX is given: the same number, or the call does not happen. */
// Ten thousand calls through the whole edge: seconds of work, on a machine that may have others.
const patience = { timeout: 120_000 };

test(
  "threat number spellings: 10,000 spellings of one number are that number for policy and PBX alike, or are refused",
  patience,
  () => {
    const trunks = `
  - name: carrier
    mode: peer
    hosts: [{ uri: "sip:198.51.100.7" }]
    from: [198.51.100.7]
    limits: { calls: 1000, calls_per_second: 100 }
    inbound: { to: pbx, did: ["+${wanted}"] }`;
    let world = new EdgeWorld("", { trunks });
    let [through, refused, calls] = [0, 0, 0];
    fc.assert(
      fc.property(uri, (to) => {
        if (++calls % 50 === 0) world = new EdgeWorld("", { trunks });
        const carrier = world.carrier();
        carrier.send(
          inviteLines(carrier, {
            to,
            from: "<sip:+4930123@198.51.100.7>",
            callId: `c${calls}`,
            extra: ["Content-Type: application/sdp"],
          }),
          offer,
        );
        const [sent] = world.pbx("trunks").inbox.splice(0);
        if (sent?.message.kind !== "request") {
          refused++;
          return;
        }
        through++;
        const given = sent.message.requestUri;
        const number = given.kind === "sip" ? given.user : given.kind === "tel" ? given.number : undefined;
        expect(plainNumber(number ?? "")).toBe(wanted);
        expect(number).toMatch(/^\+?[0-9]+$/);
      }),
      { numRuns: 10_000, seed: 20_261_122 },
    );
    expect(through).toBeGreaterThan(1_000);
    expect(through + refused).toBe(10_000);
  },
);

test.each(["+1555٠100123", " 15550100123", "1555 0100123", "15550100123%00", "1555010012３", "+15550100123,1"])(
  "threat number spellings: %j is no number to anybody",
  (text) => {
    const parsed = parseUri(`sip:${text}@203.0.113.1`);
    const user = parsed?.kind === "sip" ? (parsed.user ?? "") : "";
    expect(plainNumber(user)).toBeUndefined();
  },
);

/** The satellite number that `list: high-risk` refuses, in ways that a PBX or a carrier might take for it. */
const blocked = "881612345678";
const habits = fc.constantFrom<readonly [country: string, prefixes: readonly string[]]>(
  ["", ["+", "00", "011", "", "+00", "%2B", "%2b00"]],
  ["DE", ["+", "00", "", "+00", "*31#00", "#31#00", "011", "%2B"]],
  ["US", ["+", "011", "", "+011", "*67011", "%2B", "00"]],
  ["AU", ["+", "0011", "", "+0011", "00", "%2b"]],
);
const wrapped = fc.constantFrom<(number: string) => string>(
  (number) => `sip:${number}@pbx.example.com`,
  (number) => `sips:${number}@pbx.example.com`,
  (number) => `sip:${number}@pbx.example.com;user=phone`,
  (number) => `sip:${number};isub=4@pbx.example.com`,
  (number) => `sip:${number};phone-context=+49@pbx.example.com`,
  (number) => `sip:${number};ext=1;cic=+1234@pbx.example.com`,
  (number) => `tel:${number}`,
  (number) => `TEL:${number};isub=4;postd=77`,
  (number) => `sip:%20${number}@pbx.example.com`,
  (number) => `sip:${number.replace("8", "%2538")}@pbx.example.com`,
  (number) => `sip:${number},,1@pbx.example.com`,
  (number) => `sip:${number}99@pbx.example.com`,
  (number) => `tel:${number.slice(number.indexOf("88") + 3)};phone-context=+881`,
);
const worlds = new Map(
  ["", "DE", "US", "AU"].map((country) => {
    const file = `pbx: { address: "10.0.0.5:5060" }
phones: { domains: [pbx.example.com], methods: { refer: true } }
policy: { ${country === "" ? "" : `country: ${country}, `}destinations: [{ list: high-risk, action: reject }] }`;
    const loaded = loadConfig(file);
    if (!loaded.ok) throw new Error(loaded.issues.map(({ message }) => message).join());
    return [country, compile(loaded.config)] as const;
  }),
);

function verdictOn(country: string, text: string): Verdict | undefined {
  const policy = worlds.get(country);
  const target = parseUri(text);
  // What the parser cannot read is refused before any rule.
  if (policy === undefined || target === undefined) return undefined;
  return policy.decideSignal({
    side: "phone",
    packetSource: "198.51.100.7",
    transport: "tls",
    method: "INVITE",
    inDialog: false,
    size: 1_200,
    headerCount: 18,
    targetScheme: target.kind === "tel" ? "tel" : target.scheme,
    targetUser: target.kind === "sip" ? target.user : target.kind === "tel" ? target.number : undefined,
    targetHost: target.kind === "sip" ? target.host : "",
    targetRaw: text,
    number: policy.readNumber(dialledText(target)),
    account: "1001",
    load: idle,
  });
}

test("threat number spellings: of 10,000 spellings of a blocked number none passes", patience, () => {
  const reasons = new Map<string, number>();
  fc.assert(
    fc.property(
      habits.chain(([country, prefixes]) => fc.tuple(fc.constant(country), fc.constantFrom(...prefixes))),
      spelled(blocked),
      wrapped,
      ([country, prefix], digits, wrap) => {
        const verdict = verdictOn(country, wrap(prefix + digits));
        expect(verdict?.action).not.toBe("allow");
        const reason = verdict === undefined || verdict.action === "allow" ? "unreadable" : verdict.reason;
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      },
    ),
    { numRuns: 10_000, seed: 20_261_122 },
  );
  expect([...reasons.keys()].sort()).toEqual(["high-risk-destination", "target-characters", "unreadable"]);
  expect(reasons.get("high-risk-destination")).toBeGreaterThan(6_000);
});

/** Numbers that nobody blocks, as people dial them at home and abroad. */
const allowed = [
  ["DE", "030123456"],
  ["DE", "00442079460000"],
  ["DE", "+41446681800"],
  ["DE", "08821 12345".replace(" ", "")],
  ["DE", "116117"],
  ["US", "2125551234"],
  ["US", "8816123"],
  ["US", "011442079460000"],
  ["AU", "0280012345"],
  ["AU", "0011442079460000"],
  ["", "+442079460000"],
  ["", "00442079460000"],
  ["", "600"],
] as const;

test("threat number spellings: however an allowed number is written, it stays allowed", () => {
  const plain = fc.constantFrom<(number: string) => string>(
    (number) => `sip:${number}@pbx.example.com`,
    (number) => `sip:${number}@pbx.example.com;user=phone`,
    (number) => `tel:${number}`,
    (number) => `sip:${number};isub=4@pbx.example.com`,
  );
  const spelling = fc
    .constantFrom(...allowed)
    .chain(([country, number]) =>
      fc.tuple(
        fc.constant(country),
        number.startsWith("+") ? spelled(number.slice(1)).map((d) => `+${d}`) : spelled(number),
      ),
    );
  fc.assert(
    fc.property(spelling, plain, ([country, number], wrap) => {
      const text = wrap(number);
      const verdict = verdictOn(country, text);
      // `tel:` has no escapes of digits: what cannot be read is no call.
      if (verdict !== undefined) expect([text, verdict.action]).toEqual([text, "allow"]);
    }),
    { numRuns: 2_000, seed: 20_261_122 },
  );
});
