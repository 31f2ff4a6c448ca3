/** `ringfence firewall --config FILE`: the kernel's ruleset for it. `ringfence firewall --prove`: does the running one's hold? */
import { ruleset } from "@ringfence/firewall";
import { RingfenceError } from "@ringfence/policy";
import type { CliContext } from "../cli.ts";
import { readConfigFile } from "../config-file.ts";
import { askRunning } from "../control/ask-running.ts";
import { exitCodes } from "../failures.ts";
import { machineInterfaces } from "../interfaces.ts";
import { kernelRow } from "../kernel/kernel-status.ts";
import { cleanText } from "../logs/clean-text.ts";

/** Packets that are to be lost are waited for. */
const patience = 60_000;

interface Options {
  readonly config?: string;
  readonly prove?: boolean;
}

/** @throws ConfigError, RingfenceError */
export async function firewall({ config, prove }: Options, context: CliContext): Promise<number> {
  const { terminal } = context;
  if (prove === true) {
    const { kernel } = await askRunning(config, context, { command: "prove" }, patience);
    terminal.out(cleanText(kernelRow(kernel).join(" ")));
    return kernel.state === "proven" ? exitCodes.ok : exitCodes.refused;
  }
  if (config === undefined) {
    throw new RingfenceError("bad-option", "there is no file to make rules from", "Name it: --config FILE");
  }
  terminal.out(ruleset(readConfigFile(config, undefined, machineInterfaces()).config, config).text.trimEnd());
  return exitCodes.ok;
}
