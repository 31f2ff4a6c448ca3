import type { Config } from "@ringfence/policy";
import { expect, test } from "vitest";
import { makeCertificate, makeRevocations } from "../../../test/support/certificates.ts";
import { judgeRevocations } from "./revocations.ts";

/** Only what is looked at. */
const config = {
  pbx: { tls: { crl: undefined } },
  trunks: [
    { name: "one", tls: { crl: "ca.crl" } },
    { name: "two", tls: { crl: undefined } },
  ],
} as unknown as Config;

const expired =
  "trunks.one.tls.crl has expired: nobody whose certificate would stand on it is let in. Renew it and reload";

test.each([
  ["good for a month", [30], []],
  ["good for some more hours", [1.5], ["trunks.one.tls.crl expires in 35 hours. Renew it and reload"]],
  ["too old", [-1], [expired]],
  ["two lists, of which one is too old", [30, -1], [expired]],
  // Dates from 2050 on are written in another form.
  ["good for forty years", [40 * 365], []],
])("a revocation list that is %s", async (_what, days, warnings) => {
  const authority = await makeCertificate({ names: [], authority: true });
  const now = Date.now();
  const lists = await Promise.all(days.map((left) => makeRevocations(authority, [authority], left)));
  expect(judgeRevocations(config, new Map([["ca.crl", lists.join("")]]), now)).toEqual(warnings);
});

test("what is no list says nothing: it was refused before", () => {
  const list = "-----BEGIN X509 CRL-----\nMAMCAQE=\n-----END X509 CRL-----\n";
  expect(judgeRevocations(config, new Map([["ca.crl", list]]), 0)).toEqual([]);
  expect(judgeRevocations(config, new Map(), 0)).toEqual([]);
});
