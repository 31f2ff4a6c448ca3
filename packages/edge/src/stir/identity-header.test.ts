import { expect, test } from "vitest";
import { readIdentity } from "./identity-header.ts";

const token = "aGVhZGVy.cGF5bG9hZA.c2lnbmF0dXJl";
const parts = { header: "aGVhZGVy", payload: "cGF5bG9hZA", signature: "c2lnbmF0dXJl" };
const info = "https://a.example/x.pem;v=1,2";

test.each([
  [`${token};info=<${info}>;alg=ES256;ppt=shaken`, { ...parts, info, alg: "ES256", ppt: "shaken" }],
  // As some carriers write it.
  [`${token} ; info = <${info}> ; ppt="shaken"`, { ...parts, info, alg: undefined, ppt: "shaken" }],
  [`${token};INFO=<${info}>;more=1`, { ...parts, info, alg: undefined, ppt: undefined }],
  // RFC 8225 §7.
  [
    `..c2lnbmF0dXJl;info=<${info}>`,
    { header: "", payload: "", signature: "c2lnbmF0dXJl", info, alg: undefined, ppt: undefined },
  ],
])("%s", (value, read) => {
  expect(readIdentity(value)).toEqual(read);
});

test.each([
  ["", "nothing"],
  [token, "no parameters"],
  [`${token};alg=ES256`, "no info"],
  [`${token};info=https://a.example`, "a URI without brackets"],
  [`${token};info="https://a.example"`, "a URI in quotes"],
  [`${token};info=<https://a.example`, "an open bracket"],
  [`${token};info=<>`, "an empty URI"],
  [`${token};info=<${info}>;info=<${info}>`, "info twice"],
  [`${token};info=<${info}>;ppt=shaken;ppt=div`, "ppt twice"],
  [`${token};info=<${info}>;ppt=<shaken>`, "brackets where none belong"],
  [`${token};info=<${info}>;ppt="sha\\ken"`, "an escape"],
  [`${token};info=<${info}>x;ppt=shaken`, "text behind a value"],
  [`${token};info=<${info}>;`, "an empty parameter"],
  [`${token};info=<${info}>;ppt`, "a parameter without value"],
  [`a.b;info=<${info}>`, "two parts"],
  [`a.b.c.d;info=<${info}>`, "four parts"],
  [`.b.c;info=<${info}>`, "half a compact form"],
  [`a.b.;info=<${info}>`, "no signature"],
  [`a+.b.c;info=<${info}>`, "base64 of the other kind"],
  [`a=.b.c;info=<${info}>`, "padding"],
  [`${token};info=<${info}>${";a=1".repeat(3)};b=1;c=1;d=1;e=1;f=1;g=1;h=1`, "too many parameters, or one twice"],
  [`${token};info=<https://a.example/${"x".repeat(4_096)}>`, "more than 4 kB"],
])("%s is none: %s", (value) => {
  expect(readIdentity(value)).toBeUndefined();
});
