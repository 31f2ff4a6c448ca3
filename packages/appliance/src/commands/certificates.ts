/** `ringfence certificates`: which there are and how certbot is asked for them; `take`: what certbot's deploy hook calls. */
import { resolve } from "node:path";
import { RingfenceError } from "@ringfence/policy";
import { certbotCommand, quotedForShell } from "../acme/certbot-command.ts";
import { endInPlace, takeCertificate } from "../acme/take-certificate.ts";
import type { CliContext } from "../cli.ts";
import { type ConfigFile, readConfigFile } from "../config-file.ts";
import { findRunning } from "../control/find-running.ts";
import { exitCodes } from "../failures.ts";
import { reload } from "./reload.ts";

export interface CertificateOptions {
  readonly config: string;
  readonly json?: boolean;
  readonly ifOurs?: boolean;
}

/** @throws RingfenceError, ConfigError */
export async function certificates({ config, json }: CertificateOptions, { terminal }: CliContext): Promise<number> {
  const list = listed(readConfigFile(config));
  if (json === true) terminal.out(JSON.stringify(list, undefined, 2));
  else if (list.length === 0) terminal.out("the configuration names no certificates");
  for (const { name, cert, until, certbot } of json === true ? [] : list) {
    terminal.out(`${name}  ${cert}  ${until === null ? "not there yet" : `until ${until}`}`);
    if (certbot !== null) terminal.out(`  ${certbot.map(quotedForShell).join(" ")}`);
  }
  return exitCodes.ok;
}

function listed({ config, dir, path }: ConfigFile) {
  return [...config.certificates].map(([name, { cert, acme }]) => {
    const file = resolve(dir, cert);
    const until = endInPlace(file)?.toISOString() ?? null;
    return { name, cert: file, until, certbot: acme === undefined ? null : certbotCommand(acme, path) };
  });
}

/** @throws RingfenceError, ConfigError: nothing was changed then */
export async function take(
  folder: string,
  { config, ifOurs }: CertificateOptions,
  context: CliContext,
): Promise<number> {
  const { environment, terminal } = context;
  const taken = await takeCertificate(readConfigFile(config), folder, environment);
  if (taken === undefined) {
    const message = `no certificate of ${config} is renewed from ${folder}`;
    if (ifOurs === true) {
      terminal.out(message);
      return exitCodes.ok;
    }
    throw new RingfenceError(
      "certificate-unknown",
      message,
      "Its last part is `acme.name`, or the name in `certificates`.",
    );
  }
  terminal.out(`certificates.${taken.name}: ${taken.cert} holds until ${taken.until}`);
  if (!(await runs(config, context))) {
    terminal.out("no Ringfence runs with this configuration: it is taken over at the next start");
    return exitCodes.ok;
  }
  return reload({ config }, context);
}

async function runs(config: string, { environment }: CliContext): Promise<boolean> {
  try {
    await findRunning(config, environment);
    return true;
  } catch (error) {
    if (error instanceof RingfenceError && error.code === "not-running") return false;
    throw error;
  }
}
