/** What a collector of captures knows us by, read where the configuration says. */
import type { Config } from "@ringfence/policy";
import type { Environment } from "../environment.ts";
import { readSecret } from "./read-secret.ts";
import type { SeenSecret } from "./secret-ages.ts";

export interface CaptureKey {
  /** Undefined: it knows us by our number. */
  readonly key: string | undefined;
  readonly seen: readonly SeenSecret[];
  readonly warnings: readonly string[];
}

/** @throws RingfenceError `secret-missing`, `certificate-unreadable` */
export function loadCaptureKey({ capture }: Config, dir: string, environment: Environment): CaptureKey {
  if (capture.key === undefined) return { key: undefined, seen: [], warnings: [] };
  const name = "capture.key";
  const { text, changedAt, warnings } = readSecret(name, capture.key, dir, environment);
  // Editors end a file with a new line. How long it is, is up to the collector.
  const key = text.trimEnd();
  return { key, seen: [{ name, text: key, changedAt }], warnings };
}
