/** `node test/fuzz/media.fuzz.ts --seconds 60 [--seed N]` */
import { fuzzMain } from "./fuzz-driver.ts";
import { mediaTargets } from "./media-targets.ts";

fuzzMain(mediaTargets);
