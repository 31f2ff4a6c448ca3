import { expect, test } from "vitest";
import { parseVia, viaWithSource } from "./via.ts";

const source = { address: "203.0.113.7", port: 40_000 };

test.each([
  ["SIP/2.0/udp Host.example:5060;branch=z9hG4bK1", "UDP", "host.example", 5060, "z9hG4bK1"],
  ["SIP / 2.0 / TLS  h.example : 5061 ; branch = x", "TLS", "h.example", 5061, "x"],
  ["sip/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bKa;keep", "WSS", "df7jal23ls0d.invalid", undefined, "z9hG4bKa"],
  ["SIP/2.0/UNKNOWN [2001:db8::9:1]:6050", "UNKNOWN", "2001:db8::9:1", 6050, undefined],
])("%s is read", (text, transport, host, port, branch) => {
  expect(parseVia(text)).toMatchObject({ transport, host, port, branch, raw: text });
});

test.each([
  "",
  "SIP/2.0/UDP",
  "SIP/2.0/UDPhost",
  "SIP/2.0 h.example",
  "SIP/7.0/UDP h.example",
  "TIP/2.0/UDP h.example",
  "SIP/2.0/ h.example",
  "SIP/2.0/UDP a b",
  "SIP/2.0/UDP 2001:db8::1",
  "SIP/2.0/UDP h.example;;branch=1",
  "SIP/2.0/UDP h.example;branch=1;BRANCH=2",
  'SIP/2.0/UDP h.example;branch="1"',
  "SIP/2.0/UDP h.example;branch=",
])("%j is refused", (text) => {
  expect(parseVia(text)).toBeUndefined();
});

test.each([
  ["SIP/2.0/UDP 10.0.0.1:5060;rport;branch=b", ";branch=b;received=203.0.113.7;rport=40000"],
  ["SIP/2.0/UDP 10.0.0.1:5060;branch=b", ";branch=b;received=203.0.113.7"],
  ["SIP/2.0/UDP 203.0.113.7;branch=b", ";branch=b"],
  ["SIP/2.0/UDP 203.0.113.7;branch=b;rport", ";branch=b;received=203.0.113.7;rport=40000"],
  ["SIP/2.0/UDP 203.0.113.7;received=198.51.100.1;branch=b;rport=1", ";branch=b;received=203.0.113.7;rport=40000"],
])("%s gets the source of the packet, whatever it claims (RFC 3581)", (text, tail) => {
  const via = parseVia(text);
  expect(via === undefined ? "" : viaWithSource(via, source).endsWith(tail)).toBe(true);
});

test("received is written without brackets for IPv6 (RFC 5118 §4.5)", () => {
  const via = parseVia("SIP/2.0/UDP [2001:db8::1]:5060;branch=b");
  const text = via === undefined ? "" : viaWithSource(via, { address: "2001:db8::2", port: 5060 });
  expect(text).toBe("SIP/2.0/UDP [2001:db8::1]:5060;branch=b;received=2001:db8::2");
});
