import { expect, test } from "vitest";
import { loadAccounts } from "./accounts.ts";

const issues = (text: string) => {
  const loaded = loadAccounts(text);
  return loaded.ok ? [] : loaded.issues.map(({ code, path, line }) => [code, path, line]);
};

test("accounts have a password, or hashes by realm and algorithm", () => {
  const sha = "a".repeat(64);
  const loaded = loadAccounts(`"1001": { password: "correct horse battery" }
1002:
  ha1: [{ realm: pbx.example.com, algorithm: SHA-256, hash: ${sha} }]
`);
  expect(loaded).toEqual({
    ok: true,
    accounts: new Map([
      ["1001", { password: "correct horse battery", ha1: [] }],
      ["1002", { password: undefined, ha1: [{ realm: "pbx.example.com", algorithm: "SHA-256", hash: sha }] }],
    ]),
  });
});

test.each([
  ["1001", "100110011001"],
  ["1001", "short"],
  ["1001", "aaaaaaaaaaaaaaaa"],
  ["alice", "xxALICE-2024-yy"],
  ["1001", "739184620571"],
  ["1001", "MyPassWord-77"],
  ["1001", "xk-4567890-q"],
  ["1001", "zyxwvuts-71!"],
  ["1001", "k7Fw-k7Fw-k7Fw"],
  ["1001", "Asterisk.2024!"],
])("a weak password of %s is refused without being shown", (user, password) => {
  const loaded = loadAccounts(`"${user}": { password: "${password}" }`);
  expect(loaded).toMatchObject({ ok: false, issues: [{ code: "weak-password", path: `${user}.password` }] });
  expect(JSON.stringify(loaded)).not.toContain(password);
});

test("random passwords are not weak", () => {
  for (const password of ["kT9v+Qz1LrX8bNw4", "correct horse battery", "7391846205718362", "aB3-aB4-aB5-aB6"]) {
    expect([password, loadAccounts(`"1001": { password: "${password}" }`).ok]).toEqual([password, true]);
  }
});

test("two accounts with one password are refused, and neither is shown", () => {
  const entry = '{ password: "correct horse battery" }';
  const loaded = loadAccounts(`"1001": ${entry}\n"1002": ${entry}`);
  expect(loaded).toMatchObject({ ok: false, issues: [{ code: "weak-password", path: "1002.password", line: 2 }] });
  expect(JSON.stringify(loaded)).not.toContain("correct horse");
});

test("what an account had before holds until its moment, and may be weak", () => {
  const loaded = loadAccounts(
    '"1001": { password: "correct horse battery", previous: { password: "1234", until: 2026-12-01T06:00Z } }',
  );
  const previous = { password: "1234", ha1: [], until: 1_796_104_800_000 };
  expect(loaded).toEqual({
    ok: true,
    accounts: new Map([["1001", { password: "correct horse battery", ha1: [], previous }]]),
  });
  expect(issues('"1001": { password: "correct horse battery", previous: { password: "old" } }')).toEqual([
    ["missing-key", "1001.previous", 1],
  ]);
  expect(issues('"1001": { password: "correct horse battery", previous: { until: 2026-12-01 } }')).toEqual([
    ["missing-key", "1001.previous", 1],
  ]);
});

test("everything wrong in a file is said in one pass, with its place", () => {
  const text = `"1001": {}
"bad name": { password: "correct horse battery" }
"1002": { password: 12345678901234567890 }
"1003": { pass: "correct horse battery" }
"1004": { ha1: [{ realm: r, algorithm: SHA-1, hash: 00 }] }
"1005": { ha1: [{ realm: r, algorithm: MD5, hash: 00 }] }
`;
  expect(issues(text)).toEqual([
    ["missing-key", "1001", 1],
    ["bad-format", "bad name", 2],
    ["wrong-type", "1002.password", 3],
    ["unknown-key", "1003.pass", 4],
    ["missing-key", "1003", 4],
    ["bad-value", "1004.ha1.0", 5],
    ["bad-format", "1005.ha1.0", 6],
  ]);
});

test.each(["", "[]", "1001", "a: [", "__proto__: { password: x }", '"1001": [1]', '"1001": { ha1: {} }'])(
  "%s is a file with a problem, not an exception",
  (text) => {
    expect(issues(text).length).toBeGreaterThan(0);
  },
);
