/** `explain ID` and `explain --to` at the running one: its rules, its counters, and the lines of the file that decided. */
import { loadConfig, RingfenceError } from "@ringfence/policy";
import { expect, test } from "vitest";
import { settingsOf } from "../../../../test/support/edge-settings.ts";
import { EdgeWorld, type Party } from "../../../../test/support/edge-world.ts";
import { branch, inviteLines, offer, registered } from "../../../../test/support/sip-script.ts";
import { type ExplainedCall, explainText } from "../explain-text.ts";
import { editionOf } from "../generations/history.ts";
import { explainDesk } from "./explain-desk.ts";

const text = `pbx:
  address: 10.0.0.5:5060
phones:
  domains: [pbx.example.com]
  registration: { phone_expires: 300s }
policy:
  country: DE
  limits: { calls_per_account: 1 }
  destinations:
    - { list: high-risk, action: reject }
  accounts:
    default:
      calls_per_hour: 5
`;
const later = text.replace("list: high-risk", "country: GB");

function running(kept: readonly string[] = []) {
  const world = new EdgeWorld("", { file: text });
  const setUp = (now: string): void => {
    world.core.reconfigure({ ...settingsOf("", { file: now }), edition: editionOf(now) });
    inForce = now;
  };
  let inForce = text;
  setUp(text);
  const phone = world.phone();
  registered(world, phone);
  const bans = [{ kind: "source", label: "192.0.2.10", reason: "scanner", since: 0, until: 1e12, times: 1 } as const];
  const loaded = () => {
    const read = loadConfig(inForce);
    if (!read.ok) throw new Error("the file of the test is wrong");
    const file = { name: "sbc.yaml", path: "/sbc.yaml", dir: "/", text: inForce, config: read.config, warnings: [] };
    return { file, policy: settingsOf("", { file: inForce }).policy };
  };
  const history = {
    ofEdition: (edition: string) => {
      const number = kept.findIndex((one) => editionOf(one) === edition) + 1;
      return number === 0 ? undefined : { number };
    },
    textOf: (number: number) => kept[number - 1],
  };
  const edge = { decisions: world.core.decisionDesk(() => world.now), bans: () => bans };
  return { world, phone, setUp, desk: explainDesk(edge, loaded, history) };
}

function call(phone: Party, to: string): void {
  phone.inbox.length = 0;
  phone.send([...inviteLines(phone, { to: `sip:${to}@pbx.example.com`, callId: branch() }), sdp], offer);
}

const sdp = "Content-Type: application/sdp";
const printed = (explained: ExplainedCall): string => explainText(explained).join("\n");

test("an id of the log leads to the rule, its line, what was in use then, and what would change it", async () => {
  const { world, phone, desk } = running();
  call(phone, "00881612345678");
  const id = world.events("refused")[0]?.decision ?? "";
  const said = printed((await desk.explain({ command: "explain", id })).explained);
  expect(said).toContain("1001 calls 00881612345678, from 192.0.2.10:40000 over udp");
  expect(said).toContain("+881612345678, satellite");
  expect(said).toContain("in use then    0 calls");
  expect(said).toContain("refused: 403 Destination Barred (high-risk-destination)");
  expect(said).toContain("REFUSES    list high-risk  sbc.yaml:10 policy.destinations[0]");
  expect(said).toContain("allow its prefix before that rule");
});

test("after a reload the lines are those of the file that decided, as long as it is kept", async () => {
  for (const [kept, place] of [
    [[text], "list high-risk  generation 1:10 policy.destinations[0]"],
    [[], "list high-risk  policy.destinations[0]"],
  ] as const) {
    const { world, phone, setUp, desk } = running(kept);
    call(phone, "00881612345678");
    setUp(later);
    const id = world.events("refused")[0]?.decision ?? "";
    expect(printed((await desk.explain({ command: "explain", id })).explained)).toContain(place);
  }
});

test("--to asks with what is in use now: the second call of an account that may have one, and who is banned", async () => {
  const { world, phone, desk } = running();
  const asked = { command: "ask", from: "1001", to: "0301234", source: "192.0.2.10", transport: "udp" } as const;
  const before = (await desk.ask(asked)).explained;
  expect(before.explanation).toMatchObject({ action: "allow" });
  expect(printed(before)).toContain("ban            192.0.2.10 is banned: nothing of it is read (scanner)");
  call(phone, "0301234");
  const after = printed((await desk.ask(asked)).explained);
  expect(after).toContain("in use now     1 call, 1 new in this second, 1 of the account, 1 call within the hour");
  expect(after).toContain("(account-calls-limit)");
  expect(after).toContain("sbc.yaml:8 policy.limits.calls_per_account");
  world.feed({ kind: "suspend", account: "1001", forMs: undefined });
  expect(printed((await desk.ask(asked)).explained)).toContain("(account-suspended)");
});

test("a call that a rule ended and a guess that was held are explained by their id as well", async () => {
  const { world, phone, desk } = running();
  call(phone, "0301234");
  world.feed({ kind: "suspend", account: "1001", forMs: undefined });
  const ended = world.events("call").at(-1)?.decision ?? "";
  const said = printed((await desk.explain({ command: "explain", id: ended })).explained);
  expect(said).toContain("ended: (suspended)");
  expect(said).toContain("suspension    REFUSES    the account was suspended while it called");
  expect(said).toContain("see suspended in docs/errors.md, Call end reasons");
});

test("an unknown id says so, and what to do", () => {
  const { desk } = running();
  expect(() => desk.explain({ command: "explain", id: "0123456789ab" })).toThrow(RingfenceError);
  expect(() => desk.explain({ command: "explain", id: "0123456789ab" })).toThrow("no decision 0123456789ab is kept");
});
