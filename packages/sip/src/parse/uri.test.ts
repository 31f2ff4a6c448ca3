import { expect, test } from "vitest";
import { formatUri, parseUri, sipUri } from "./uri.ts";

test("a SIP URI falls apart into its parts", () => {
  expect(parseUri("SIPS:Alice:p%20w@Example.COM:5061;Transport=TLS;lr?Subject=x&To=y")).toEqual({
    kind: "sip",
    scheme: "sips",
    user: "Alice",
    password: "p%20w",
    host: "example.com",
    port: 5061,
    params: [
      { name: "transport", value: "TLS" },
      { name: "lr", value: undefined },
    ],
    headers: "Subject=x&To=y",
    raw: "SIPS:Alice:p%20w@Example.COM:5061;Transport=TLS;lr?Subject=x&To=y",
  });
});

test.each([
  ["sip:user;par=u%40example.net@example.com", "user;par=u@example.net"],
  ["sip:sips%3Auser%40example.com@example.net", "sips:user@example.com"],
  ["sip:%2B44%20@h.example", "+44 "],
  ["sip:%00@h.example", "%00"],
  ["sip:%e2%82%ac@h.example", "%E2%82%AC"],
  ["sip:%2541@h.example", "%2541"],
  ["sip:*72#@h.example", "*72#"],
])("the user of %s is %j, and survives being written again", (text, user) => {
  const uri = parseUri(text);
  if (uri?.kind !== "sip") throw new Error("not a SIP URI");
  expect(uri.user).toBe(user);
  expect(parseUri(formatUri(uri))).toMatchObject({ user, host: uri.host });
});

test.each([
  "",
  "sip:",
  "sip:@h.example",
  "sip:a@",
  "sip:a@b@c",
  "sip:a b@h.example",
  "sip:a@h.example;",
  "sip:a@h.example;;lr",
  "sip:a@h.example;x=",
  "sip:a@h.example;lr;LR",
  "sip:a@h.example;lr;%6Cr",
  "sip:a@h.example?",
  "sip:a%4@h.example",
  "sip:a%zz@h.example",
  "sip:\xfc@h.example",
  'sip:"a"@h.example',
  "<sip:a@h.example>",
  "sip:2001:db8::10",
  "example.com",
  ":x",
  "1x:y",
  "x y:z",
  "tel:",
  "tel:+",
  "tel:%2B44",
  "tel:+44x",
  "tel:abc%00",
  `sip:${"a".repeat(3000)}@h.example`,
])("%j is no URI", (text) => {
  expect(parseUri(text)).toBeUndefined();
});

test("a telephone number loses its visual separators", () => {
  expect(parseUri("tel:+44-(20).7946;phone-context=x")).toMatchObject({ kind: "tel", number: "+44207946" });
  expect(parseUri("TEL:112")).toMatchObject({ number: "112", params: [] });
});

test("another scheme stays text", () => {
  expect(parseUri("URN:service:sos")).toEqual({ kind: "other", scheme: "urn", raw: "URN:service:sos" });
});

test("a built URI brackets IPv6 and escapes its user", () => {
  const uri = sipUri({ user: "a b@", host: "2001:DB8::1", port: 5060, params: [{ name: "transport", value: "tcp" }] });
  expect(uri.raw).toBe("sip:a%20b%40@[2001:db8::1]:5060;transport=tcp");
  expect(parseUri(uri.raw)).toEqual(uri);
});
