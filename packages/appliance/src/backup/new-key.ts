/** A pair of keys of age, for who has no age-keygen at hand. */
import { generateX25519Identity, identityToRecipient } from "age-encryption";

export interface KeyOfBackups {
  /** AGE-SECRET-KEY-1...: belongs where the backups are not. */
  readonly secret: string;
  /** age1...: `backup.encrypt_to`. */
  readonly recipient: string;
}

export async function newKey(): Promise<KeyOfBackups> {
  const secret = await generateX25519Identity();
  return { secret, recipient: await identityToRecipient(secret) };
}

/** As age-keygen writes it. */
export function keyFileText({ secret, recipient }: KeyOfBackups, now: number): string {
  return `# created: ${new Date(now).toISOString()}\n# public key: ${recipient}\n${secret}\n`;
}
