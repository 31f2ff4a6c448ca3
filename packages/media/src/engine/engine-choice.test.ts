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

test("native threads stay on processors of this process, and on no other", () => {
  const two = (): AddonResult => ({
    ok: true,
    addon: { processors: () => [0, 2] } as Partial<MediaAddon> as MediaAddon,
  });
  expect(chooseEngine({ engine: "auto", pin: [2, 0] }, two).name).toBe("native");
  const refusal = expect.objectContaining({
    code: "processor-missing",
    message: "media.pin names processor 1, 3, and this process may use 0, 2",
  });
  expect(() => chooseEngine({ engine: "auto", pin: [0, 1, 3] }, two)).toThrow(refusal);
});

test("native threads that were not built are refused, with the reason and the way out", () => {
  const refusal = expect.objectContaining({ code: "native-engine-missing", remedy: expect.stringContaining("auto") });
  expect(() => chooseEngine({ engine: "native" }, missing)).toThrow(refusal);
});
