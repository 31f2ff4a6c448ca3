import { expect, test } from "vitest";
import { type LoadedConfig, loadConfig } from "./load.ts";

const base = 'pbx: { address: "10.0.0.5:5060" }\nphones: { domains: [pbx.example.com] }\n';

function receivers(text: string) {
  const loaded = loadConfig(`${base}alerts: { ops: ${text} }\n`);
  return loaded.ok ? loaded.config.alerts : errorsOf(loaded);
}

function errorsOf(loaded: LoadedConfig): readonly string[] {
  const issues = loaded.ok ? [] : loaded.issues.filter(({ severity }) => severity === "error");
  return issues.map(({ code, path }) => `${code} ${path}`);
}

test("one receiver with a webhook is told of everything, again every four hours", () => {
  expect(receivers("{ webhook: { url: https://a.example/x, secret: { file: s } } }")).toEqual([
    {
      name: "ops",
      webhook: { url: "https://a.example/x", secret: { kind: "file", path: "s" }, ca: undefined },
      email: undefined,
      for: undefined,
      repeatMs: 4 * 3_600_000,
      quiet: undefined,
    },
  ]);
});

test("a mail server is asked for TLS: from the start, by STARTTLS, and not at all on this machine only", () => {
  const security = (smtp: string): unknown => {
    const [one] = receivers(`{ email: { smtp: "${smtp}", to: [noc@example.com] } }`);
    return typeof one === "string" || one?.email === undefined ? one : [one.email.security, one.email.port];
  };
  expect(security("smtps://mail.example.com")).toEqual(["tls", 465]);
  expect(security("smtp://mail.example.com")).toEqual(["starttls", 587]);
  expect(security("smtp://192.0.2.1:25")).toEqual(["starttls", 25]);
  expect(security("smtp://127.0.0.1:2525")).toEqual(["plain", 2525]);
  expect(security("http://mail.example.com")).toBe("bad-format alerts.ops.email.smtp");
  expect(security("smtp://user:secret@mail.example.com")).toBe("bad-format alerts.ops.email.smtp");
});

test("the sender is one of the receiver's domain where nobody says otherwise", () => {
  const [one] = receivers("{ email: { smtp: smtps://m.example, to: [noc@example.com] } }");
  expect(typeof one === "object" && one.email?.from).toBe("ringfence@example.com");
});

test("severities and kinds stand in one list", () => {
  const [one] = receivers("{ webhook: { url: https://a.example }, for: [critical, disk-low], repeat: off }");
  expect(one).toMatchObject({ for: { severities: ["critical"], kinds: ["disk-low"] }, repeatMs: undefined });
});

test.each([
  ["{}", "missing-key alerts.ops"],
  ["{ webhook: { url: http://alerts.example.com } }", "bad-format alerts.ops.webhook.url"],
  ["{ webhook: { url: https://a.example, secret: hunter2 } }", "literal-secret alerts.ops.webhook.secret"],
  ["{ webhook: { url: https://a.example }, for: [everything] }", "bad-value alerts.ops.for[0]"],
  ["{ webhook: { url: https://a.example }, quiet: 22-07 }", "bad-format alerts.ops.quiet"],
  ['{ email: { smtp: smtps://m.example, to: ["a@b.example, c@d.example"] } }', "bad-format alerts.ops.email.to[0]"],
  [
    '{ email: { smtp: smtps://m.example, to: ["a@b.example\\r\\nBcc: x@y.example"] } }',
    "bad-format alerts.ops.email.to[0]",
  ],
  ["{ email: { smtp: smtps://m.example, to: [a@b.example], user: u } }", "missing-key alerts.ops.email"],
])("%s is refused", (text, problem) => {
  expect(receivers(text)).toEqual([problem]);
});

test("who is told of a fraud must be somebody in `alerts`", () => {
  const loaded = loadConfig(
    `${base}policy: { on_fraud: { notify: [ops] } }\nalerts: { noc: { webhook: { url: https://a.example } } }`,
  );
  expect(errorsOf(loaded)).toEqual(["alert-unknown policy.on_fraud.notify[0]"]);
});
