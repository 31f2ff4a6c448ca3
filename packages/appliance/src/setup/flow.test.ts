/** The setup without a terminal: answers in, questions and files out. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadConfig } from "@ringfence/policy";
import { expect, test } from "vitest";
import { totp } from "../../../../test/support/totp.ts";
import { readAnswers } from "./answers-file.ts";
import { configurationOf, isOurs } from "./configuration.ts";
import { answer, nextQuestion, stillGood } from "./flow.ts";
import { makeAuthority } from "./internal-ca.ts";
import type { Answers, Machine } from "./question.ts";
import { questions } from "./questions.ts";
import { totpCode } from "./totp-code.ts";

const machine: Machine = { address: "10.0.0.2", isPrivate: true };
const places = { stateDir: undefined, also: {} };
const goldens = fileURLToPath(new URL("../../../../test/golden/setup", import.meta.url));
const typed: Readonly<Record<string, string>> = {
  pbx: "10.0.0.5",
  domains: "pbx.example.com, 10.0.0.5",
  trunks_from: "10.0.0.3",
  public_address: "203.0.113.10",
  country: "DE",
  certificate: "own",
  alerts_to: "noc@example.com",
  alerts_smtp: "smtp://mail.example.com:587",
  collector: "tls://siem.example.com:6514",
  test_user: "1001",
  test_number: "600",
  "checklist.router": "y",
};

/** Everything is answered; `stop` interrupts before the question of that number, and goes on from what was kept. */
function run(given: Readonly<Record<string, string>>, stop?: number): Answers {
  let answers: Answers = new Map();
  let asked = 0;
  for (let asking = nextQuestion(answers, machine); asking !== undefined; asking = nextQuestion(answers, machine)) {
    if (asked++ === stop) answers = stillGood(Object.entries(JSON.parse(JSON.stringify(Object.fromEntries(answers)))));
    const said = answer(answers, asking, given[asking.question.key] ?? "");
    if ("problem" in said) throw new Error(`${asking.question.key}: ${said.problem}`);
    answers = said.answers;
  }
  return answers;
}

test("interrupted before any question and repeated, it writes the same file", () => {
  const whole = run(typed);
  const text = configurationOf(whole, places);
  for (let stop = 0; stop < whole.size; stop++) {
    expect(configurationOf(run(typed, stop), places), `interrupted before question ${stop + 1}`).toBe(text);
  }
});

test("the same answers from a file give the same configuration", () => {
  const lines = Object.entries(typed).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  const { answers } = readAnswers("answers.yaml", lines.join("\n"), machine);
  expect([...answers]).toEqual([...run(typed)]);
});

test("each question says where one is, and the count grows only with what was answered", () => {
  const first = nextQuestion(new Map(), machine);
  expect(first?.place.number).toBe(1);
  const second = nextQuestion(new Map([["pbx", "10.0.0.5"]]), machine);
  expect(second?.place).toEqual({ number: 2, of: first?.place.of });
});

test("a private address of this machine asks for the one that phones see, another does not have to", () => {
  const before = new Map(["pbx", "domains", "phones_from", "trunks_from"].map((key) => [key, "none"]));
  expect(nextQuestion(before, machine)).toMatchObject({ usual: undefined, text: expect.stringContaining("1:1 NAT") });
  const open = nextQuestion(before, { address: "203.0.113.1", isPrivate: false });
  expect(open).toMatchObject({ usual: "none" });
});

const wrong: readonly (readonly [string, string])[] = [
  ["pbx", "10.0.0.5:99999"],
  ["pbx", ""],
  ["domains", "a domain"],
  ["phones_from", "pbx.example.com"],
  ["transports", "sctp"],
  ["country", "Germany"],
  ["certificate", "none"],
  ["alerts_to", "somebody"],
  ["alerts_smtp", "mail.example.com"],
  ["collector", "https://siem.example.com"],
  ["firewall", "perhaps"],
];

test.each(wrong)("%s: %j is asked for again, with what to write", (key, text) => {
  const question = questions.find((one) => one.key === key);
  if (question === undefined) throw new Error(key);
  const asking = { question, text: "", usual: undefined, place: { number: 1, of: 1 } };
  expect(answer(new Map(), asking, text)).toHaveProperty("problem");
});

test.each([
  ["a key that is no question", "pbx: 10.0.0.5\ncolour: red"],
  ["no answer to what has to be known", "pbx: 10.0.0.5"],
  ["a list", "- pbx"],
  ["what is no YAML", "pbx: [10.0.0.5"],
])("a file of answers with %s is refused", (_what, text) => {
  expect(() => readAnswers("answers.yaml", text, machine)).toThrow("answers.yaml");
});

test("a configuration that was changed by hand is not the setup's any more", () => {
  const text = configurationOf(run(typed), places);
  expect(isOurs(text)).toBe(true);
  expect(isOurs(text.replace("5061", "5062"))).toBe(false);
  expect(isOurs("pbx: { address: 10.0.0.5 }\n")).toBe(false);
});

test.each(readdirSync(goldens).filter((name) => name.endsWith(".answers.yaml")))(
  "%s gives its configuration, and it loads",
  async (name) => {
    const { answers, also } = readAnswers(name, readFileSync(join(goldens, name), "utf8"), machine);
    const text = configurationOf(answers, { stateDir: undefined, also });
    const loaded = loadConfig(text);
    expect(loaded.ok ? [] : loaded.issues).toEqual([]);
    await expect(text).toMatchFileSnapshot(join(goldens, name.replace(".answers.yaml", ".config.yaml")));
  },
);

test("the file of answers that docs/quickstart.md shows is one", () => {
  const page = readFileSync(new URL("../../../../docs/quickstart.md", import.meta.url), "utf8");
  const shown = page.split("```yaml\n").find((block) => block.includes("test_password_file:"));
  const { answers, also, adminPasswordFile } = readAnswers("quickstart.md", shown?.split("```")[0] ?? "", machine);
  expect(adminPasswordFile).toBe("/root/admin-password");
  const loaded = loadConfig(configurationOf(answers, { stateDir: undefined, also }));
  expect(loaded.ok ? [] : loaded.issues).toEqual([]);
});

test("the internal authority signs for every name, and is none of the phones' business otherwise", async () => {
  const { X509Certificate } = await import("node:crypto");
  const made = await makeAuthority(["pbx.example.com", "203.0.113.10"], Date.now());
  const [ca, cert] = [new X509Certificate(made.ca), new X509Certificate(made.cert)];
  expect(cert.verify(ca.publicKey)).toBe(true);
  expect(cert.checkHost("pbx.example.com")).toBe("pbx.example.com");
  expect(cert.checkIP("203.0.113.10")).toBe("203.0.113.10");
  expect([ca.ca, cert.ca]).toEqual([true, false]);
});

test("the authority that phones trust signs the next certificate too", async () => {
  const { X509Certificate } = await import("node:crypto");
  const before = await makeAuthority(["pbx.example.com"], Date.now());
  const { ca, caKey, cert } = await makeAuthority(["sip.example.com"], Date.now(), before);
  expect([ca, caKey]).toEqual([before.ca, before.caKey]);
  expect(new X509Certificate(cert).checkIssued(new X509Certificate(before.ca))).toBe(true);
  expect(new X509Certificate(cert).verify(new X509Certificate(before.ca).publicKey)).toBe(true);
});

test("the code of the second factor is the one that an authenticator shows", () => {
  const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  for (const now of [59_000, 1_111_111_109_000, 20_000_000_000_000])
    expect(totpCode(secret, now)).toBe(totp(secret, now));
  expect(totpCode(secret, 59_000)).toBe("287082");
});
