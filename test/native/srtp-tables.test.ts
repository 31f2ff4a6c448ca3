/** What stands twice must be the same twice: the rows of native/profile.h and the codes of native/result.h. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { srtpResult, suiteNames, suites } from "@ringfence/node-srtp";
import { expect, test } from "vitest";
import { root } from "./compile.ts";

test("the native tables of suites and codes are ours, row for row", () => {
  const headerFile = (name: string): string => readFileSync(join(root, "packages/node-srtp/native", name), "utf8");
  const rows = [...headerFile("profile.h").matchAll(/\{"(\w+)", (\w+), (\d+), (\d+), (\d+), (\d+), (\w+)\}/g)];
  expect(rows.map(([, ...cells]) => cells)).toEqual(
    suiteNames.map((suite) => {
      const { mode, keyLength, saltLength, rtpTagLength, rtcpTagLength, dtlsProfile = 0 } = suites[suite];
      const number = dtlsProfile === 0 ? "0" : `0x${dtlsProfile.toString(16).padStart(4, "0")}`;
      return [
        suite,
        String(mode === "gcm"),
        ...[keyLength, saltLength, rtpTagLength, rtcpTagLength].map(String),
        number,
      ];
    }),
  );
  const codes = [...headerFile("result.h").matchAll(/constexpr Result \w+ = (-\d+);/g)].map(([, code]) => Number(code));
  expect(codes).toEqual(Object.values(srtpResult));
});
