import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadNative } from "./load.ts";

test("the native part is loaded, or the reason why not is a sentence", () => {
  const native = loadNative();
  // The machine that is meant to run everything must not pass by leaving it out.
  if (process.env.RINGFENCE_TEST_ALL === "1") expect(native).toMatchObject({ loaded: true });
  if (native.loaded) expect(Object.keys(native.exports)).toContain("srtp");
  else expect(native.why).toMatch(/^[a-z].{10,}/);
});

test("a process that asks for the sanitized build has it, and not the other", () => {
  const asked = (process.env.NODE_OPTIONS ?? "").includes("--conditions=sanitized");
  const mapped = loadNative().loaded ? readFileSync("/proc/self/maps", "utf8") : "";
  expect(mapped.includes("addon/sanitized/ringfence.node")).toBe(asked);
});

test("a thread asks as often as it likes and gets the same module", () => {
  const [one, other] = [loadNative(), loadNative()];
  if (one.loaded && other.loaded) expect(one.exports).toBe(other.exports);
  else expect(one).toEqual(other);
});
