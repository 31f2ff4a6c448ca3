/** What every engine must do, run against each of them with real sockets on loopback. */
import { runBundleContract } from "./contract-bundle.ts";
import { runContinuityContract } from "./contract-continuity.ts";
import { runControlContract } from "./contract-control.ts";
import { runMuxContract } from "./contract-mux.ts";
import { runPairsContract } from "./contract-pairs.ts";
import { runPressContract } from "./contract-press.ts";
import { runRelayContract } from "./contract-relay.ts";
import type { EngineFactory } from "./engine.ts";

export function runEngineContract(name: string, factory: () => EngineFactory): void {
  runRelayContract(name, factory);
  runControlContract(name, factory);
  runMuxContract(name, factory);
  runBundleContract(name, factory);
  runContinuityContract(name, factory);
  runPressContract(name, factory);
  runPairsContract(name, factory);
}
