/** The accounts of `authentication: edge`, ready to be asked: every hash is made once, so that each question costs the same. */
import type { AccountConfig, Accounts, Config } from "@ringfence/policy";
import { type Challenge, type DigestAlgorithm, digestHa1, type Secret } from "@ringfence/sip";

export interface AccountBook {
  /** What our challenges name: the first domain, whatever domain was asked for. */
  readonly realm: string;
  readonly algorithms: readonly DigestAlgorithm[];
  /** H(user:realm:password) for a challenge of ours; undefined for an unknown account, or one without this algorithm. */
  hashOf(user: string, algorithm: DigestAlgorithm): string | undefined;
  /** What answers a challenge of the PBX for this account. */
  secretFor(user: string, challenge: Pick<Challenge, "realm" | "algorithm">): Secret | undefined;
  has(user: string): boolean;
}

/** Undefined with `authentication: relay`: then the PBX knows the passwords and we do not. */
export function accountBook({ phones }: Config, accounts: Accounts | undefined): AccountBook | undefined {
  if (phones.authentication !== "edge") return undefined;
  const realm = phones.domains[0] ?? "ringfence";
  const known = accounts ?? new Map<string, AccountConfig>();
  const hashes = new Map<string, string>();
  for (const [user, account] of known) {
    for (const algorithm of phones.digest) {
      const hash = storedHash(user, account, realm, algorithm);
      if (hash !== undefined) hashes.set(`${algorithm} ${user}`, hash);
    }
  }
  return {
    realm,
    algorithms: phones.digest,
    hashOf: (user, algorithm) => hashes.get(`${algorithm} ${user}`),
    secretFor(user, challenge) {
      const account = known.get(user);
      if (account?.password !== undefined) return { kind: "password", password: account.password };
      const stored = account?.ha1.find((h) => h.realm === challenge.realm && h.algorithm === challenge.algorithm);
      return stored === undefined ? undefined : { kind: "ha1", ha1: stored.hash };
    },
    has: (user) => known.has(user),
  };
}

function storedHash(
  username: string,
  account: AccountConfig,
  realm: string,
  algorithm: DigestAlgorithm,
): string | undefined {
  if (account.password !== undefined) return digestHa1({ username, realm, algorithm }, account.password);
  return account.ha1.find((stored) => stored.realm === realm && stored.algorithm === algorithm)?.hash;
}
