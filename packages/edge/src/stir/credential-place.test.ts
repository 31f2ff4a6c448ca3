import { expect, test } from "vitest";
import { credentialPlace } from "./credential-place.ts";

const hosts = [
  { host: "cr.example", port: 443, address: undefined, ca: undefined },
  { host: "cr.example", port: 8443, address: undefined, ca: undefined },
  { host: "10.0.0.9", port: 443, address: "10.0.0.9", ca: undefined },
  { host: "2001:db8::9", port: 443, address: "2001:db8::9", ca: undefined },
];

test.each([
  [
    "https://cr.example/a.pem?v=1",
    { host: "cr.example", port: 443, path: "/a.pem?v=1", address: undefined, ca: undefined },
  ],
  ["https://CR.example:8443/a", { host: "cr.example", port: 8443, path: "/a", address: undefined, ca: undefined }],
  ["https://10.0.0.9/a", { host: "10.0.0.9", port: 443, path: "/a", address: "10.0.0.9", ca: undefined }],
  ["https://[2001:db8::9]/a", { host: "2001:db8::9", port: 443, path: "/a", address: "2001:db8::9", ca: undefined }],
])("%s", (url, place) => {
  expect(credentialPlace(url, hosts)).toEqual({ url, ...place });
});

test.each([
  "http://cr.example/a.pem",
  "HTTPS://cr.example/a.pem",
  "https:cr.example/a.pem",
  "file:///etc/passwd",
  "https://cr.example:22/a",
  "https://other.example/a",
  "https://cr.example.evil/a",
  "https://cr.example@evil/a",
  "https://evil@cr.example/a",
  "https://cr.example\\@evil/a",
  "https://cr.example/a#b",
  "https://cr.example./a",
  "https://127.0.0.1/a",
  "https://0x7f000001/a",
  "https://[::1]/a",
  "https://cr.example/\r\nHost: evil",
  "https://cr.example/ä",
  `https://cr.example/${"a".repeat(600)}`,
  "https://",
  "",
])("%j is fetched from nowhere (threat L14)", (url) => {
  expect(credentialPlace(url, hosts)).toBeUndefined();
});
