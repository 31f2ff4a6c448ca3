/** Accounts whose password is guessed: of hashes that is found out as an attacker would, by trying. */

import type { PasswordFacts } from "@ringfence/grade";
import { type AccountConfig, type Accounts, passwordWeakness } from "@ringfence/policy";
import { digestHa1 } from "@ringfence/sip";

/** What svcrack and its like begin with, beside the account's own name. */
const guesses = [
  ..."0123456789".split("").map((digit) => digit.repeat(4)),
  ...["1234", "12345", "123456", "1234567", "12345678", "123456789", "4321", "654321"],
  ...["password", "passwort", "secret", "geheim", "admin", "test", "sip", "voip", "changeme", "welcome", "qwerty"],
];

export function passwordFacts(accounts: Accounts | undefined): PasswordFacts | undefined {
  if (accounts === undefined) return undefined;
  const all = [...accounts];
  return {
    accounts: all.length,
    weak: all.filter(([user, account]) => isGuessed(user, account)).map(([user]) => user),
    plain: all.filter(([, { password }]) => password !== undefined).map(([user]) => user),
  };
}

function isGuessed(user: string, { password, ha1 }: AccountConfig): boolean {
  if (password !== undefined) return passwordWeakness(user, password) !== undefined;
  const tried = [user, user.repeat(2), `${user}123`, [...user].reverse().join(""), ...guesses];
  return ha1.some(({ realm, algorithm, hash }) =>
    tried.some((guess) => digestHa1({ algorithm, username: user, realm }, guess) === hash),
  );
}
