/** The key that signs what the fraud service is asked, read where the configuration says. */
import { type Config, RingfenceError } from "@ringfence/policy";
import type { Environment } from "../environment.ts";
import { readSecret } from "./read-secret.ts";
import type { SeenSecret } from "./secret-ages.ts";

/** Characters of a key that nobody guesses. */
const shortest = 16;

export interface FraudSecret {
  /** Undefined: questions are not signed. */
  readonly key: string | undefined;
  readonly seen: readonly SeenSecret[];
  readonly warnings: readonly string[];
}

/** @throws RingfenceError `secret-missing`, `secret-weak`, `certificate-unreadable` */
export function loadFraudSecret({ policy }: Config, dir: string, environment: Environment): FraudSecret {
  const source = policy.fraudService?.secret;
  if (source === undefined) return { key: undefined, seen: [], warnings: [] };
  const name = "policy.fraud_service.secret";
  const { text, changedAt, warnings } = readSecret(name, source, dir, environment);
  // Editors end a file with a new line.
  const key = text.trimEnd();
  if (key.length >= shortest) return { key, seen: [{ name, text: key, changedAt }], warnings };
  throw new RingfenceError("secret-weak", `${name} is too short`, "Make one with `openssl rand -base64 32`.");
}
