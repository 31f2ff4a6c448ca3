import { expect, test } from "vitest";
import { keyLines } from "../config/key-lines.ts";
import { type Caller, placeOf } from "./place.ts";

const text = `policy:
  limits: { calls: 5 }
  accounts:
    default:
      hours: "Mon-Fri 07:00-20:00 UTC"
    "10.01":
      minutes_per_day: 5
trunks:
  - name: other
  - name: carrier
    limits:
      calls: 3
      out: { spend_per_day: 5 }
`;
const file = { lineOf: keyLines(text), trunks: ["other", "carrier"] };
const phone: Caller = { side: "phone", account: "10.01" };
const pbx: Caller = { side: "core", trunk: "carrier" };

test.each<[string, Caller, string, number | undefined]>([
  ["policy.limits.calls", phone, "policy.limits.calls", 2],
  ["policy.limits.calls_per_second", phone, "policy.limits.calls_per_second", undefined],
  ["policy.accounts.NAME.minutes_per_day", phone, "policy.accounts.10.01.minutes_per_day", 7],
  ["policy.accounts.NAME.hours", phone, "policy.accounts.default.hours", 5],
  ["policy.accounts.NAME.spend_per_day", pbx, "trunks[1].limits.out.spend_per_day", 13],
  ["trunks[].limits.calls", pbx, "trunks[1].limits.calls", 12],
  ["trunks[].from", { side: "trunk", trunk: "nobody" }, "trunks", 9],
])("%s of %j is %s in line %s", (key, caller, written, line) => {
  expect(placeOf(key, caller, file)).toEqual({ key: written, line });
});
