import { expect, test } from "vitest";
import { emergencyMatcher } from "./emergency.ts";

const isEmergency = emergencyMatcher({
  numbers: ["112", "+999", "1-1-9"],
  urns: true,
  to: "pbx",
  unregisteredCalls: 4,
});

function dial(user: string): boolean {
  return isEmergency({ scheme: "sip", user, raw: `sip:${user}@pbx.example.com` });
}

test("a number matches with and without plus and separators, whichever way it is written in the file", () => {
  for (const user of ["112", "+112", "1-1-2", "(112)", "999", "+999", "119"])
    expect([user, dial(user)]).toEqual([user, true]);
});

test("a number inside another is not that number", () => {
  for (const user of ["1120", "0112", "9112", "11", "++112", "112112", "112#", "", "+", "1 12", "112\n", "１１２"]) {
    expect([user, dial(user)]).toEqual([user, false]);
  }
});

test("only a harmless phone-context may follow the number", () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ["112;phone-context=+49", true],
    ["112;phone-context=+1", true],
    ["112;PHONE-CONTEXT=ims.example.com", true],
    ["112;phone-context=+1900", false],
    ["112;phone-context=+", false],
    ["112;phone-context=", false],
    ["112;phone-context=1900", false],
    ["112;phone-context=+4x", false],
    ["112;phone-context=+49;ext=1900", false],
    ["112;isub=1900", false],
    ["112;", false],
  ];
  for (const [user, expected] of cases) expect([user, dial(user)]).toEqual([user, expected]);
});

test("a tel: URI is judged as it was written", () => {
  expect(isEmergency({ scheme: "tel", user: "112", raw: "TEL:112" })).toBe(true);
  expect(isEmergency({ scheme: "tel", user: "112", raw: "tel:112;phone-context=+1900" })).toBe(false);
});

test("urn:service:sos and labels below it, nothing beside it", () => {
  for (const raw of ["urn:service:sos", "urn:service:sos.police", "URN:SERVICE:SOS.animal-control"]) {
    expect(isEmergency({ scheme: "urn", raw })).toBe(true);
  }
  const others = [
    "urn:service:sosx",
    "urn:service:sos.",
    "urn:service:sos..a",
    "urn:service:sos/1",
    "urn:service:sos?x",
    "urn:service:so",
  ];
  for (const raw of [...others, "urn:nid:sos", `urn:service:sos.${"a".repeat(60)}`]) {
    expect([raw, isEmergency({ scheme: "urn", raw })]).toEqual([raw, false]);
  }
});

test("with urns off only numbers count", () => {
  const numbersOnly = emergencyMatcher({ numbers: ["112"], urns: false, to: "pbx", unregisteredCalls: 4 });
  expect(numbersOnly({ scheme: "urn", raw: "urn:service:sos" })).toBe(false);
  expect(numbersOnly({ scheme: "sip", user: "112", raw: "sip:112@x" })).toBe(true);
});
