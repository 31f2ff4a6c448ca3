/** `node test/fuzz/sdp.fuzz.ts --seconds 60 [--seed N]` */
import { fuzzMain } from "./fuzz-driver.ts";
import { sdpTargets } from "./sdp-targets.ts";

fuzzMain(sdpTargets);
