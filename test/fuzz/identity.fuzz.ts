/** `node test/fuzz/identity.fuzz.ts --seconds 60 [--seed N]` */
import { fuzzMain } from "./fuzz-driver.ts";
import { identityTargets } from "./identity-targets.ts";

fuzzMain(identityTargets);
