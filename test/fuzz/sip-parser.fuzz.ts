/** `node test/fuzz/sip-parser.fuzz.ts --seconds 60 [--seed N]` */
import { fuzzMain } from "./fuzz-driver.ts";
import { sipTargets } from "./sip-targets.ts";

fuzzMain(sipTargets);
