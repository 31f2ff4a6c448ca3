/** Who may sign in at the console, and which programs have keys: read from the file of users, where no secret is looked at. */
import { readUserFile } from "@ringfence/admin";
import type { PersonFacts, ProgramFacts } from "@ringfence/grade";

export interface Signers {
  readonly people: readonly PersonFacts[];
  readonly programs: readonly ProgramFacts[];
}

/** Undefined: it is no file of users. */
export function signersOf(text: string): Signers | undefined {
  const file = readUserFile(text);
  if (file === undefined) return undefined;
  // Somebody who was invited and has not come yet has no password, and can do nothing but enrol.
  const people = file.users.filter(({ password }) => password !== null);
  return {
    people: people.map(({ name, totp, passkeys }) => ({
      name,
      factors: [
        ...(totp === null ? [] : (["totp"] as const)),
        ...(passkeys.length === 0 ? [] : (["passkey"] as const)),
      ],
    })),
    programs: file.keys.map(({ name, role, addresses }) => ({ name, role, addresses })),
  };
}
