import { expect, test } from "vitest";
import { loadNative } from "./load.ts";

test("the native part is loaded, or the reason why not is a sentence", () => {
  const native = loadNative();
  if (native.loaded) expect(Object.keys(native.exports)).toContain("srtp");
  else expect(native.why).toMatch(/^[a-z].{10,}/);
});

test("a thread asks as often as it likes and gets the same module", () => {
  const [one, other] = [loadNative(), loadNative()];
  if (one.loaded && other.loaded) expect(one.exports).toBe(other.exports);
  else expect(one).toEqual(other);
});
