/** What is kept of users and keys. Secrets that are compared are kept as hashes; those of authenticators as they are, hence 0600. */
import { z } from "zod";
import { role } from "../api/role.ts";
import { userName } from "../api/session.ts";

const moment = z.int();

const passkey = z.strictObject({
  id: z.string(),
  /** COSE, base64url. */
  publicKey: z.string(),
  counter: z.int(),
  transports: z.array(z.string()),
});
export type Passkey = z.infer<typeof passkey>;

const user = z.strictObject({
  name: userName,
  role,
  since: moment,
  /** Null until the invitation is taken. */
  password: z.string().nullable(),
  /** `usedStep`: the last 30 seconds whose code was taken. No code of then or before is good again (RFC 6238 §5.2). */
  totp: z.strictObject({ secret: z.string(), usedStep: z.int() }).nullable(),
  passkeys: z.array(passkey).max(8),
  /** SHA-256, hexadecimal; one that was used is gone. */
  recovery: z.array(z.string()),
  invitation: z.strictObject({ hash: z.string(), until: moment }).nullable(),
  /** Networks that this user last signed in from. */
  known: z.array(z.string()).max(8),
  lastSignIn: moment.nullable(),
});
export type User = z.infer<typeof user>;

const key = z.strictObject({
  id: z.string(),
  name: z.string(),
  role,
  by: z.string(),
  since: moment,
  expires: moment,
  addresses: z.array(z.string()),
  /** SHA-256 of the secret, hexadecimal: 256 bits that nobody chose need no slow hash. */
  hash: z.string(),
  lastUsed: moment.nullable(),
});
export type Key = z.infer<typeof key>;

export const userFile = z.strictObject({
  format: z.literal(1),
  users: z.array(user).max(100),
  keys: z.array(key).max(100),
});
export type UserFile = z.infer<typeof userFile>;

/** Undefined: it is none of ours. */
export function readUserFile(text: string): UserFile | undefined {
  try {
    return userFile.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Where the text lies. Written whole or not at all, readable by its owner only. */
export interface UserStore {
  /** Undefined: there is none yet. @throws what the disk says */
  read(): string | undefined;
  /** @throws what the disk says */
  write(text: string): void;
}

/** One who can do what a user does: know something, and have something. */
export function isEnrolled({ password, totp, passkeys }: User): boolean {
  return password !== null && (totp !== null || passkeys.length > 0);
}
