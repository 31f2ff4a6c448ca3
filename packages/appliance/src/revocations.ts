/** Revocation lists of peers that nobody renews: what does not stop a start, but somebody should know. */
import { nextUpdate, revocationLists } from "@ringfence/edge";
import type { Config } from "@ringfence/policy";

/** Lists are made anew every day or week: a warning a month ahead would always be there. */
const soon = 2 * 86_400_000;

/**
 * @param revocations PEM by path as configured
 * @param now milliseconds since 1970
 */
export function judgeRevocations(
  { pbx, trunks }: Config,
  revocations: ReadonlyMap<string, string>,
  now: number,
): readonly string[] {
  const named = [
    { key: "pbx.tls.crl", file: pbx.tls.crl },
    ...trunks.map(({ name, tls }) => ({ key: `trunks.${name}.tls.crl`, file: tls.crl })),
  ];
  return named.flatMap(({ key, file }) => {
    const ends = revocationLists(revocations.get(file ?? "") ?? "").flatMap((pem) => nextUpdate(pem) ?? []);
    const left = Math.min(...ends) - now;
    if (left < 0)
      return [`${key} has expired: nobody whose certificate would stand on it is let in. Renew it and reload`];
    if (left > soon) return [];
    return [`${key} expires in ${Math.floor(left / 3_600_000)} hours. Renew it and reload`];
  });
}
