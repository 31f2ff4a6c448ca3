/** Where the secrets of a configuration lie: files whose modes count. */
import { resolve } from "node:path";
import type { Config, SecretSource } from "@ringfence/policy";

/** Absolute paths. @param dir relative ones begin here */
export function secretFiles(
  { certificates, trunks, alerts, policy, capture, phones }: Config,
  dir: string,
): readonly string[] {
  const sources: readonly (SecretSource | undefined)[] = [
    ...[...certificates.values()].map(({ key }) => key),
    ...trunks.flatMap(({ credentials }) => [credentials?.password, credentials?.previous?.source]),
    ...alerts.flatMap(({ webhook, email }) => [webhook?.secret, email?.password]),
    policy.fraudService?.secret,
    capture.key,
  ];
  const files = sources.flatMap((source) => (source?.kind === "file" ? [source.path] : []));
  return [...files, ...(phones.accounts === undefined ? [] : [phones.accounts])].map((path) => resolve(dir, path));
}
