import { expect, test } from "vitest";
import { chooseEngine } from "./engine-choice.ts";
import type { AddonResult, MediaAddon } from "./native-addon.ts";

const built = (): AddonResult => ({ ok: true, addon: {} as MediaAddon });
const missing = (): AddonResult => ({ ok: false, why: "there is no C++ compiler" });

test.each([
  ["auto", built, "native", "the native code is built"],
  ["auto", missing, "js", "there is no C++ compiler"],
  ["native", built, "native", "media.engine asks for it"],
  ["js", built, "js", "media.engine asks for it"],
] as const)("asked for %s", (engine, load, name, why) => {
  expect(chooseEngine({ engine }, load)).toMatchObject({ name, why });
});

test("native threads that were not built are refused, with the reason and the way out", () => {
  const refusal = expect.objectContaining({ code: "native-engine-missing", remedy: expect.stringContaining("auto") });
  expect(() => chooseEngine({ engine: "native" }, missing)).toThrow(refusal);
});
