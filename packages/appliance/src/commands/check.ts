/** `ringfence check FILE`: what a reload does, up to the point where something would be opened. */
import { lostCarriers } from "@ringfence/edge";
import { refuseExpired } from "../certificates.ts";
import type { CliContext } from "../cli.ts";
import { exitCodes } from "../failures.ts";
import { loadEverything } from "../loading.ts";
import { oldFiles } from "../secrets/secret-watch.ts";

/** @throws ConfigError, RingfenceError */
export async function check(file: string, { environment, terminal }: CliContext): Promise<number> {
  // A check leaves nothing behind, so the certificate that a start would make is not made.
  const loaded = await loadEverything(file, environment, async () => ({ cert: "", key: "" }));
  refuseExpired(loaded.certificates);
  // The machine where a file is checked need not be the one that serves: its DNS may know less.
  const lost = await lostCarriers(loaded.file.config);
  const warnings = [
    ...loaded.warnings,
    ...oldFiles(loaded, Date.now()),
    ...lost.map(({ message }) => `${message}, from here. A reload would be refused`),
  ];
  for (const warning of warnings) terminal.warning(warning);
  const count = warnings.length;
  terminal.out(`${file}: good${count === 0 ? "" : `, ${count} ${count === 1 ? "warning" : "warnings"}`}`);
  return exitCodes.ok;
}
