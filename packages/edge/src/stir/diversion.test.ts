import { expect, test } from "vitest";
import { makeCertificate } from "../../../../test/support/certificates.ts";
import { identity, makeSigner, now, x5u } from "../../../../test/support/stir.ts";
import { explain } from "./diversion.ts";
import type { CallFacts } from "./verify.ts";

const signer = await makeSigner(await makeCertificate({ authority: true }));
const facts: CallFacts = { caller: "4930555000", called: "4930123456", date: undefined };

/** The caller's token, for a call to that number. */
const to = (number: string, iat = now()) => identity({ key: signer.key, claims: { iat, dest: { tn: [number] } } });

const div = (from: unknown, target: string, claims: object = {}) =>
  identity({
    key: signer.key,
    header: { ppt: "div" },
    claims: { attest: undefined, origid: undefined, div: { tn: from }, dest: { tn: [target] }, ...claims },
    params: `;info=<${x5u}>;ppt=div`,
  });

/** From whom each token of the chain sends the call on, or the outcome. */
function chain(...values: readonly string[]) {
  const found = explain(values, facts, Date.now(), 60_000);
  return typeof found === "string" ? found : found.map(({ diverted }) => diverted);
}

test("RFC 8946: tokens of forwarding lead from who was dialled to who is called, in whatever order they stand", () => {
  expect(chain(to("4930111"), div("4930111", "4930123456"))).toEqual([undefined, "4930111"]);
  const two = [div("4930222", "4930123456"), to("4930111"), div("4930111", "4930222")];
  expect(chain(...two)).toEqual([undefined, "4930111", "4930222"]);
  expect(chain(to("4930123456"), div("4930123456", "4930999"))).toEqual([undefined]);
});

test.each([
  ["leads elsewhere", [to("4930111"), div("4930111", "4930999")], "called-differs"],
  ["begins elsewhere", [to("4930111"), div("4930999", "4930123456")], "called-differs"],
  ["has a gap", [to("4930111"), div("4930111", "4930222"), div("4930333", "4930123456")], "called-differs"],
  ["goes round", [to("4930111"), div("4930111", "4930222"), div("4930222", "4930111")], "called-differs"],
  [
    "is of another caller",
    [to("4930111"), div("4930111", "4930123456", { orig: { tn: "4930555001" } })],
    "called-differs",
  ],
  ["says nobody who forwarded", [to("4930111"), div(undefined, "4930123456")], "called-differs"],
  ["cannot be read", [to("4930111"), div({}, "4930123456")], "called-differs"],
  ["is old", [to("4930111"), div("4930111", "4930123456", { iat: now() - 120 })], "stale"],
  ["explains an old token", [to("4930111", now() - 120), div("4930111", "4930123456")], "stale"],
  ["has no caller's token", [div("4930111", "4930123456")], "unsupported"],
] as const)("a forwarding that %s explains nothing", (_what, values, outcome) => {
  expect(chain(...values)).toBe(outcome);
});
