/** A bare machine on which the package is installed, configured and serving. */
import { writeFileSync } from "node:fs";
import type { BareMachine } from "../interop/laboratory/bare-machine.ts";
import { config } from "../interop/laboratory/ringfence.ts";

export const configFile = "/etc/ringfence/ringfence.yaml";

export async function servingMachine(machine: BareMachine, deb: string, more?: string): Promise<void> {
  await machine.install(deb);
  await configure(machine, more);
}

/** Gives an installed one a configuration and starts it. @param more sections of it */
export async function configure(machine: BareMachine, more = ""): Promise<void> {
  // Where state goes is left to the package.
  const text = config({ phones: "media: { srtp: required }", more }).replace("state: { dir: state }\n", "");
  writeFileSync(machine.path(configFile), text, { mode: 0o640 });
  await machine.does("chgrp", "ringfence", configFile);
  await machine.does("systemctl", "start", "ringfence");
}
