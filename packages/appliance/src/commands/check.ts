/** `ringfence check FILE`: the same code as a start, up to the point where something would be opened. */
import type { CliContext } from "../cli.ts";
import { exitCodes } from "../failures.ts";
import { loadEverything } from "../loading.ts";

/** @throws ConfigError, RingfenceError */
export async function check(file: string, { environment, terminal }: CliContext): Promise<number> {
  // A check leaves nothing behind, so the certificate that a start would make is not made.
  const loaded = await loadEverything(file, environment, async () => ({ cert: "", key: "" }));
  for (const warning of loaded.warnings) terminal.warning(warning);
  const count = loaded.warnings.length;
  terminal.out(`${file}: good${count === 0 ? "" : `, ${count} ${count === 1 ? "warning" : "warnings"}`}`);
  return exitCodes.ok;
}
