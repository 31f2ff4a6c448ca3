/** Keys and passwords of those who are told, read where the configuration says. */
import { type Config, RingfenceError, type SecretSource } from "@ringfence/policy";
import type { Environment } from "../environment.ts";
import { readSecret } from "../secrets/read-secret.ts";
import type { SeenSecret } from "../secrets/secret-ages.ts";

/** Characters of a key that nobody guesses. */
const shortestKey = 16;

export interface AlertSecrets {
  /** By what they are called in the configuration: `alerts.NAME.webhook.secret`, `alerts.NAME.email.password`. */
  readonly texts: ReadonlyMap<string, string>;
  readonly seen: readonly SeenSecret[];
  readonly warnings: readonly string[];
}

/** @throws RingfenceError `secret-missing`, `secret-weak`, `certificate-unreadable` */
export function loadAlertSecrets({ alerts }: Config, dir: string, environment: Environment): AlertSecrets {
  const named = alerts.flatMap(({ name, webhook, email }): readonly (readonly [string, SecretSource | undefined])[] => [
    [webhookKey(name), webhook?.secret],
    [mailKey(name), email?.password],
  ]);
  const texts = new Map<string, string>();
  const seen: SeenSecret[] = [];
  const warnings: string[] = [];
  for (const [name, source] of named) {
    if (source === undefined) continue;
    const read = readSecret(name, source, dir, environment);
    // Editors end a file with a new line.
    const text = read.text.trimEnd();
    if (name.endsWith(".secret") && text.length < shortestKey) {
      throw new RingfenceError("secret-weak", `${name} is too short`, "Make one with `openssl rand -base64 32`.");
    }
    texts.set(name, text);
    seen.push({ name, text, changedAt: read.changedAt });
    warnings.push(...read.warnings);
  }
  return { texts, seen, warnings };
}

export const webhookKey = (receiver: string): string => `alerts.${receiver}.webhook.secret`;
export const mailKey = (receiver: string): string => `alerts.${receiver}.email.password`;
