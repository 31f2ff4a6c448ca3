/** Point 2 of a probe: what somebody without a password may do. */
import type { Point } from "../check.ts";
import { type Exchange, exchangesOf, finalStatus, type ProbeFacts } from "./observed.ts";

/** Whoever gets one of these without a password was let in, and the call was on its way. */
const onItsWay: ReadonlySet<number> = new Set([480, 486, 487, 600, 603, 604, 606]);

export const strangers: Point<ProbeFacts> = {
  number: 2,
  name: "Strangers",
  checks: [
    {
      id: "probe-call-open",
      severity: "critical",
      title: "Nobody calls without a password",
      fix: "Challenge every INVITE of who is not registered.",
      where: "phones.authentication",
      look: (facts) =>
        asked(facts, "invite", ({ answers }) => {
          const went = answers.find(({ status }) => (status > 100 && status < 400) || onItsWay.has(status));
          return went === undefined ? [] : [`INVITE without a password was answered ${went.status}`];
        }),
    },
    {
      id: "probe-register-open",
      severity: "critical",
      title: "Nobody registers without a password",
      fix: "Challenge every REGISTER.",
      where: "phones.authentication",
      look: (facts) => {
        const open = ["challenge", "usual", "stranger"]
          .flatMap((id) => exchangesOf(facts, id))
          .some((one) => isGood(finalStatus(one)));
        return seenAny(facts, open ? ["REGISTER without a password was answered 200"] : []);
      },
    },
    {
      id: "probe-methods-open",
      severity: "high",
      title: "No other method is served without a password",
      fix: "Refuse what phones do not need, and challenge the rest.",
      where: "phones.methods",
      look: (facts) =>
        asked(facts, "closed", (one) =>
          isGood(finalStatus(one)) ? [`${one.method} without a password was answered ${finalStatus(one)}`] : [],
        ),
    },
    {
      id: "probe-relay-route",
      severity: "critical",
      title: "A Route of a stranger leads nowhere",
      fix: "Never follow Route of who is not known; a border has no use for it.",
      where: "RFC 3261 section 16.4",
      look: (facts) => seenAny(facts, [...new Set(facts.relayed)]),
    },
    {
      id: "probe-relay-tag",
      severity: "high",
      title: "An invented To-tag opens no door",
      fix: "Answer 481 to what belongs to no dialog of yours.",
      where: "RFC 3261 section 12.2.2",
      look: (facts) =>
        asked(facts, "to-tag", ({ method, answers }) => {
          const went = answers.find(({ status }) => (status > 100 && status < 400) || onItsWay.has(status));
          return went === undefined ? [] : [`${method} with an invented To-tag was answered ${went.status}`];
        }),
    },
    {
      id: "probe-scanner",
      severity: "low",
      title: "Programs that say they are scanners hear nothing",
      fix: "Drop them without a word.",
      where: "defence.scanners",
      look: (facts) =>
        asked(facts, "scanner", ({ answers }) =>
          answers.slice(0, 1).map(({ status }) => `friendly-scanner was answered ${status}`),
        ),
    },
  ],
};

function asked(
  facts: ProbeFacts,
  id: string,
  look: (one: Exchange) => readonly string[],
): readonly string[] | undefined {
  return seenAny(facts, exchangesOf(facts, id).flatMap(look));
}

/** Where nothing answers at all, silence to one question says nothing. */
function seenAny(facts: ProbeFacts, found: readonly string[]): readonly string[] | undefined {
  return facts.over === undefined ? undefined : found;
}

function isGood(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status < 300;
}
