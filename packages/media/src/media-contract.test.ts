import { runMediaContract } from "../../../test/support/media-contract.ts";
import { MediaBench } from "./media-bench.ts";
import { FarmBench } from "./rtpengine/farm-bench.ts";

runMediaContract("an engine of our own", async () => (await MediaBench.start()).media);
runMediaContract("instances of rtpengine", async () => (await FarmBench.start()).media);
