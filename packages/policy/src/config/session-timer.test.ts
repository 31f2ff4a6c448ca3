import { expect, test } from "vitest";
import type { SessionTimerConfig } from "./config.ts";
import { loadConfig } from "./load.ts";

function load(phones: string, rest = "") {
  return loadConfig(`pbx: { address: "10.0.0.5:5060" }\nphones:\n  domains: [pbx.example.com]\n${phones}${rest}`);
}

function phones(text: string): SessionTimerConfig | undefined | "refused" {
  const loaded = load(`  session_timer: ${text}\n`);
  return loaded.ok ? loaded.config.phones.sessionTimer : "refused";
}

test("session timers are on for phones and carriers, and off towards the PBX, which knows none", () => {
  const loaded = load("", 'trunks: [{ name: a, hosts: [{ uri: "sip:192.0.2.1" }] }]\n');
  if (!loaded.ok) throw new Error("not loaded");
  const on = { expiresMs: 1_800_000, minMs: 90_000 };
  const { core, phones: side, trunks } = loaded.config;
  expect([side.sessionTimer, trunks[0]?.sessionTimer, core.sessionTimer]).toEqual([on, on, undefined]);
});

test.each([
  ["{ expires: off }", undefined],
  ["{ expires: 10m, min: 5m }", { expiresMs: 600_000, minMs: 300_000 }],
  ["{ expires: 89s }", "refused"],
  ["{ min: 30s }", "refused"],
  ["{ expires: 5m, min: 10m }", "refused"],
  ["off", "refused"],
])("session_timer: %s", (text, expected) => {
  expect(phones(text)).toEqual(expected);
});
