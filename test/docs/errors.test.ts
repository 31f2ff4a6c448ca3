import { gateVerdictNames } from "@ringfence/dgram-rate-limiter";
import { accountRefusals, banReasons, endReasons, identityOutcomes, unheardReasons } from "@ringfence/edge";
import { dropReasons, mediaRefusals, qualityKinds } from "@ringfence/media";
import { configIssueCodes, rejectReasons, suspensionReasons } from "@ringfence/policy";
import { failureAnswer, failureCodes, failureText, requestCheckNames, responseCheckNames } from "@ringfence/sip";
import { expect, test } from "vitest";
import { kernelTroubles } from "../../packages/appliance/src/kernel/kernel-status.ts";
import { tableUnder } from "./doc-table.ts";

test("every reject reason stands in docs/errors.md as it is in the code, and nothing else does", () => {
  const documented = tableUnder("errors.md", "## Reject reasons");
  const inCode = Object.entries(rejectReasons).map(([code, { status, text, remedy }]) => [
    code,
    String(status),
    text,
    remedy,
  ]);
  expect(documented).toEqual(inCode);
});

test("every configuration issue stands in docs/errors.md as it is in the code, and nothing else does", () => {
  const documented = tableUnder("errors.md", "## Configuration issues");
  expect(documented).toEqual(Object.entries(configIssueCodes));
});

/** Heading → what the code knows: the first cells of each row. The last cell is the remedy, which only the page has. */
const lists: readonly (readonly [string, readonly (readonly string[])[]])[] = [
  [
    "Messages that cannot be read",
    failureCodes.map((code) => [code, String(failureAnswer(code)), failureText(code)] as const),
  ],
  ["Requests that fail a check", requestCheckNames.map((name) => [name])],
  ["Responses that fail a check", responseCheckNames.map((name) => [name])],
  ["Account refusals", accountRefusals.map((name) => [name])],
  ["Call end reasons", endReasons.map((name) => [name])],
  ["Identity outcomes", identityOutcomes.map((name) => [name])],
  ["Sound", qualityKinds.map((name) => [name])],
  ["Media refusals", Object.entries(mediaRefusals).map(([code, { status, text }]) => [code, String(status), text])],
  ["Media drop reasons", dropReasons.map((name) => [name])],
  [
    "Gate drop reasons",
    [...gateVerdictNames.filter((name) => name !== "pass"), "stranger", "no-turn"].map((name) => [name]),
  ],
  ["Unheard requests", unheardReasons.map((name) => [name])],
  ["Fraud reasons", suspensionReasons.map((name) => [name])],
  ["Ban reasons", banReasons.map((name) => [name])],
  ["Kernel troubles", Object.keys(kernelTroubles).map((name) => [name])],
];

test.each(lists)("docs/errors.md, %s: what is in the code, in its order, with a remedy each", (heading, inCode) => {
  const documented = tableUnder("errors.md", `## ${heading}`);
  const known = inCode[0]?.length ?? 0;
  expect(documented.map((row) => row.slice(0, known))).toEqual(inCode);
  expect(documented.filter((row) => row.length <= known || row.slice(known).includes(""))).toEqual([]);
});
