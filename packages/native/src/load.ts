/**
 * The door to the native part (docs/decisions/0012-one-native-addon.md). `build.sh` makes it when the machine has a compiler; this says
 * whether it is there, and if not, why, in words for an operator.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

export type NativeModule =
  | { readonly loaded: true; readonly exports: Readonly<Record<string, unknown>> }
  /** `why` is the end of a sentence: "there is no C++ compiler". */
  | { readonly loaded: false; readonly why: string };

const outcomeFile = new URL("../addon/build/outcome", import.meta.url);

/**
 * Loads the addon into this thread; asking again costs nothing. `exports` has one object for each package with native code (`srtp`), whose
 * shape is declared in that package. Run with `--conditions=sanitized` it loads the build that watches its own memory (test/native).
 */
export function loadNative(): NativeModule {
  const outcome = outcomeOf(outcomeFile);
  if (outcome !== "built") return { loaded: false, why: outcome };
  try {
    return { loaded: true, exports: createRequire(import.meta.url)("#addon") };
  } catch (error) {
    const [first] = (error instanceof Error ? error.message : String(error)).split("\n");
    return { loaded: false, why: `the built addon does not load: ${first}` };
  }
}

/** The second line of what `build.sh` noted. An addon that is older than its sources has another note than `built`. */
function outcomeOf(file: URL): string {
  try {
    const [, outcome] = readFileSync(file, "utf8").split("\n");
    return outcome ?? "the build left no result";
  } catch {
    return "it was not built; ./ringfence version builds it, run by the owner of the checkout";
  }
}
