/** The accounts of `authentication: edge`, ready to be asked: every hash is made once, so that each question costs the same. */
import type { AccountConfig, Accounts, Config } from "@ringfence/policy";
import { type Challenge, type DigestAlgorithm, digestHa1, type Secret } from "@ringfence/sip";

export interface AccountBook {
  /** What our challenges name: the first domain, whatever domain was asked for. */
  readonly realm: string;
  readonly algorithms: readonly DigestAlgorithm[];
  /** H(user:realm:password) for a challenge of ours; undefined for an unknown account, or one without this algorithm. */
  hashOf(user: string, algorithm: DigestAlgorithm): string | undefined;
  /** The same of what the account had before, while that holds too. @param at milliseconds since 1970 */
  previousHashOf(user: string, algorithm: DigestAlgorithm, at: number): string | undefined;
  /** What may answer a challenge of the PBX for this account: the new password first, the one before while it holds. */
  secretsFor(user: string, challenge: Pick<Challenge, "realm" | "algorithm">, at: number): readonly Secret[];
  has(user: string): boolean;
}

/** Undefined with `authentication: relay`: then the PBX knows the passwords and we do not. */
export function accountBook({ phones }: Config, accounts: Accounts | undefined): AccountBook | undefined {
  if (phones.authentication !== "edge") return undefined;
  const realm = phones.domains[0] ?? "ringfence";
  const known = accounts ?? new Map<string, AccountConfig>();
  const hashes = new Map<string, string>();
  const older = new Map<string, string>();
  for (const [user, account] of known) {
    for (const algorithm of phones.digest) {
      const hash = storedHash(user, account, realm, algorithm);
      if (hash !== undefined) hashes.set(`${algorithm} ${user}`, hash);
      const before = account.previous && storedHash(user, account.previous, realm, algorithm);
      if (before !== undefined) older.set(`${algorithm} ${user}`, before);
    }
  }
  return {
    realm,
    algorithms: phones.digest,
    hashOf: (user, algorithm) => hashes.get(`${algorithm} ${user}`),
    previousHashOf: (user, algorithm, at) => {
      return at < (known.get(user)?.previous?.until ?? 0) ? older.get(`${algorithm} ${user}`) : undefined;
    },
    secretsFor(user, challenge, at) {
      const account = known.get(user);
      const previous = at < (account?.previous?.until ?? 0) ? account?.previous : undefined;
      return [account, previous].flatMap((one) => (one && secretOf(one, challenge)) ?? []);
    },
    has: (user) => known.has(user),
  };
}

type Stored = Pick<AccountConfig, "password" | "ha1">;

function secretOf(
  { password, ha1 }: Stored,
  { realm, algorithm }: Pick<Challenge, "realm" | "algorithm">,
): Secret | undefined {
  if (password !== undefined) return { kind: "password", password };
  const stored = ha1.find((one) => one.realm === realm && one.algorithm === algorithm);
  return stored === undefined ? undefined : { kind: "ha1", ha1: stored.hash };
}

function storedHash(username: string, account: Stored, realm: string, algorithm: DigestAlgorithm): string | undefined {
  if (account.password !== undefined) return digestHa1({ username, realm, algorithm }, account.password);
  return account.ha1.find((stored) => stored.realm === realm && stored.algorithm === algorithm)?.hash;
}
