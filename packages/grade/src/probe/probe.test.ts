import { expect, test } from "vitest";
import { compareWith, readBaseline } from "../baseline.ts";
import { findingsOf, grade } from "../grade.ts";
import { reportOf } from "../report.ts";
import type { Answer, Door, Exchange, ProbeFacts } from "./observed.ts";
import { probePoints } from "./points.ts";
import { isPrivate, namesIn } from "./private-names.ts";
import { type Asker, questions } from "./questions.ts";

const now = Date.parse("2026-11-23T03:00:00Z");
const tls: Door = {
  kind: "tls",
  port: 5061,
  open: true,
  tls: {
    versions: ["TLSv1.2", "TLSv1.3"],
    oldCiphers: [],
    untrusted: undefined,
    notAfter: now + 90 * 86_400_000,
    fitsName: true,
    alsoClear: false,
  },
};
const answer = (status: number, size = 300): Answer => ({ status, size, headers: [] });
const exchange = (question: string, answers: readonly Answer[], milliseconds = 5): Exchange => ({
  question,
  method: question === "invite" ? "INVITE" : "REGISTER",
  sent: 400,
  answers,
  milliseconds: answers.length === 0 ? undefined : milliseconds,
});
const group = (made: () => Exchange): readonly Exchange[] => Array.from({ length: 5 }, made);
const good: ProbeFacts = {
  now,
  doors: [tls],
  over: "tls",
  exchanges: [
    exchange("invite", [answer(401)]),
    ...group(() => exchange("usual", [answer(401)])),
    ...group(() => exchange("stranger", [answer(401)])),
  ],
  relayed: [],
  known: ["203.0.113.1"],
  call: undefined,
};
const found = (facts: ProbeFacts): readonly string[] => findingsOf(grade(probePoints, facts)).map(({ id }) => id);
/** The good one's exchanges, but for this question. */
const instead = (question: string, exchanges: readonly Exchange[]): ProbeFacts => ({
  ...good,
  exchanges: [...good.exchanges.filter((one) => one.question !== question), ...exchanges],
});

test("nothing is found in a service that has nothing, and silence is no finding either", () => {
  expect(found(good)).toEqual([]);
  expect(found({ ...good, exchanges: good.exchanges.map((one) => ({ ...one, answers: [] })) })).toEqual([]);
});

// The others are planted in a real service: test/interop/probe.test.ts.
test.each<readonly [string, ProbeFacts]>([
  ["probe-tls-downgrade", { ...good, doors: [{ ...tls, tls: tls.tls && { ...tls.tls, alsoClear: true } }] }],
  ["probe-no-tls", { ...good, doors: [{ ...tls, open: false, tls: undefined }] }],
  ["probe-clear-websocket", { ...good, doors: [tls, { kind: "ws", port: 80, open: true, tls: undefined }] }],
  ["probe-register-open", instead("challenge", [exchange("challenge", [answer(200)])])],
  [
    "probe-enumeration-time",
    instead(
      "stranger",
      group(() => exchange("stranger", [answer(401)], 90)),
    ),
  ],
])("%s", (id, facts) => expect(found(facts)).toEqual([id]));

test("a call that rings or is busy was let in, one that was refused or challenged was not", () => {
  const after = (...statuses: readonly number[]): readonly string[] =>
    found(
      instead("invite", [
        exchange(
          "invite",
          statuses.map((status) => answer(status)),
        ),
      ]),
    );
  for (const status of [401, 403, 404, 407, 503]) expect(after(100, status)).toEqual([]);
  for (const statuses of [[180, 480], [200], [302], [486], [603]])
    expect(after(...statuses)).toEqual(["probe-call-open"]);
});

test("insides are known by their addresses and their endings", () => {
  expect(namesIn('"Bob" <sip:x@[2001:db8::1]:5060>;host=pbx.office.lan, 10.0.0.5:5080')).toEqual(
    expect.arrayContaining(["pbx.office.lan", "10.0.0.5"]),
  );
  for (const name of ["10.1.2.3", "172.31.0.1", "192.168.1.1", "100.64.0.1", "pbx.local"])
    expect(isPrivate(name)).toBe(true);
  for (const name of ["172.32.0.1", "203.0.113.1", "sip.example.com", "10.0.0"]) expect(isPrivate(name)).toBe(false);
});

const asker: Asker = {
  domain: "pbx.example.com",
  local: { address: "203.0.113.7", port: 40_000 },
  transport: "UDP",
  elsewhere: { address: "203.0.113.7", port: 40_001 },
  word: (
    (n) => () =>
      `w${++n}0000`
  )(0),
};

test("no question may ring a phone: whom an INVITE is for, nobody is", () => {
  const asked = questions(asker, ["1001"]);
  const invites = asked.filter(({ method }) => method === "INVITE").map(({ bytes }) => Buffer.from(bytes).toString());
  expect(invites.length).toBeGreaterThan(0);
  for (const text of invites) expect(text).toContain("INVITE sip:7w");
  expect(asked.filter(({ id }) => id === "usual").map(({ method }) => method)).toEqual(Array(8).fill("REGISTER"));
});

test("against a report that was kept only what is new counts", () => {
  const kept = JSON.stringify(reportOf("sip.example.com", grade(probePoints, good), new Date(now)));
  const before = readBaseline(kept);
  if (before === undefined) throw new Error("not read");
  const worse = { ...good, doors: [{ ...tls, open: false, tls: undefined }] };
  const report = reportOf("sip.example.com", grade(probePoints, worse), new Date(now));
  expect(compareWith(before, report)).toMatchObject({ before: 100, fresh: [{ id: "probe-no-tls" }], gone: [] });
  for (const text of ["", "{}", "[]", '{"format":1,"score":1,"points":[{}]}'])
    expect(readBaseline(text)).toBeUndefined();
});
