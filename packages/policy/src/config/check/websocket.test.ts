import { expect, test } from "vitest";
import { loadConfig } from "../load.ts";

function load(listen: string) {
  return loadConfig(
    `pbx: { address: "10.0.0.5:5060" }\nphones:\n  domains: [pbx.example.com]\n  listen: [${listen}]\n`,
  );
}

function codes(listen: string): readonly string[] {
  const loaded = load(listen);
  return (loaded.ok ? loaded.warnings : loaded.issues).map(({ code }) => code);
}

test("ws is for loopback, or for those who say that they mean it", () => {
  expect(codes("{ transport: ws, address: 10.0.0.2 }, { transport: tls }")).toContain("websocket-unencrypted");
  expect(codes("{ transport: ws }, { transport: tls }")).toContain("websocket-unencrypted");
  for (const address of ["127.0.0.1", '"::1"']) {
    expect(load(`{ transport: ws, address: ${address} }, { transport: tls }`).ok).toBe(true);
  }
  expect(load("{ transport: ws, address: 10.0.0.2, unencrypted: true }, { transport: tls }").ok).toBe(true);
});

test("a wss listener wants a certificate like a tls one, and protects SRTP keys like one", () => {
  expect(codes("{ transport: wss }")).toEqual(["certificate-self-signed"]);
});

test("an origin is kept as a browser sends it, and a page is no origin", () => {
  const loaded = load('{ transport: wss, origins: ["https://Phone.example.com:443", "http://localhost:8080"] }');
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  expect(loaded.config.phones.listen[0]?.origins).toEqual(["https://phone.example.com", "http://localhost:8080"]);
  for (const text of ["https://a.example/phone", "a.example", "*", "null", "ftp://a.example"]) {
    expect([text, codes(`{ transport: wss, origins: ["${text}"] }`)]).toEqual([text, ["bad-format"]]);
  }
});
