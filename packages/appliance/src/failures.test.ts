import { RingfenceError } from "@ringfence/policy";
import { expect, test } from "vitest";
import { ConfigError, describeFailure, exitCodeOf } from "./failures.ts";

const issue = {
  code: "unknown-key",
  path: "trunks[2].limits.cps",
  line: 7,
  column: 5,
  message: "no such key",
  remedy: "Did you mean calls_per_second?",
  severity: "error",
} as const;

test("a problem of a file is one line: place, path, message, remedy", () => {
  expect(describeFailure(new ConfigError("sbc.yaml", [issue]))).toEqual([
    "sbc.yaml:7:5: trunks[2].limits.cps: no such key. Did you mean calls_per_second?",
  ]);
});

test("what stands in a file cannot move the cursor of the terminal that shows it", () => {
  const [line] = describeFailure(new ConfigError("a\u001b[2J", [{ ...issue, path: "x\ny", message: "bad \u202e" }]));
  expect(line).toBe("a\\x1b[2J:7:5: x\\x0ay: bad \\u202e. Did you mean calls_per_second?");
});

test("a full stop is not doubled", () => {
  expect(describeFailure(new RingfenceError("x", "the port is taken.", "Stop it."))).toEqual([
    "the port is taken. Stop it.",
  ]);
});

const codes: readonly (readonly [string, unknown, number])[] = [
  ["a bad configuration", new ConfigError("f", [issue]), 78],
  ["a key that does not fit its certificate", new RingfenceError("certificate-bad", "", ""), 78],
  ["a taken port", new RingfenceError("port-taken", "", ""), 2],
  ["a missing file", new RingfenceError("config-unreadable", "", ""), 2],
  ["a fault of ours", new TypeError("x"), 70],
];

test.each(codes)("%s has its exit code", (_what, error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});
