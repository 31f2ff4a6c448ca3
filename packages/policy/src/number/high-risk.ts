import type { WorldNumber } from "./dialled.ts";
import { PrefixTrie } from "./prefix-trie.ts";

/**
 * `list: high-risk` of `policy.destinations`: prefixes that toll fraud uses and that hardly any office dials. Data, and why each
 * is here. A list like this is never complete: who sells numbers for fraud changes them every week, so it stands beside rules
 * that say where calls may go, and beside limits of time and money, never instead of them.
 *
 * Sources: the list of assigned country codes of ITU-T E.164 (networks of no country); the destinations that reports on
 * revenue share fraud name year after year (Commsrisk, "What Is New with IRSF Fraud?"; the surveys of the CFCA). Countries
 * that are named there and that offices call in earnest (Latvia, Lithuania, the United Kingdom, ...) are left out: use `country`.
 */
export interface HighRiskRange {
  /** With country code, without plus. */
  readonly prefix: string;
  readonly what: string;
}

export const highRiskRanges: readonly HighRiskRange[] = [
  // Networks of no country: nobody regulates what a minute costs.
  { prefix: "870", what: "Inmarsat satellite phones" },
  { prefix: "878", what: "universal personal numbers" },
  { prefix: "881", what: "global mobile satellite systems" },
  { prefix: "882", what: "international networks" },
  { prefix: "883", what: "international networks" },
  { prefix: "888", what: "a code that is no longer assigned" },
  { prefix: "979", what: "international premium rate" },
  { prefix: "991", what: "trials of international services" },
  // Numbers that libphonenumber knows as paid, in the plan that most offices may call as a whole.
  { prefix: "1900", what: "premium rate in North America" },
  { prefix: "1976", what: "premium rate in North America" },
  // A few hundred to a few thousand people each, and numbers sold far away.
  { prefix: "246", what: "Diego Garcia" },
  { prefix: "247", what: "Ascension" },
  { prefix: "290", what: "Saint Helena and Tristan da Cunha" },
  { prefix: "500", what: "Falkland Islands" },
  { prefix: "6721", what: "Australian Antarctic stations" },
  { prefix: "674", what: "Nauru" },
  { prefix: "677", what: "Solomon Islands" },
  { prefix: "678", what: "Vanuatu" },
  { prefix: "681", what: "Wallis and Futuna" },
  { prefix: "682", what: "Cook Islands" },
  { prefix: "683", what: "Niue" },
  { prefix: "686", what: "Kiribati" },
  { prefix: "688", what: "Tuvalu" },
  { prefix: "690", what: "Tokelau" },
  // Named in the reports for as long as there are such reports.
  { prefix: "252", what: "Somalia" },
  { prefix: "53", what: "Cuba" },
];

const ranges = new PrefixTrie();
for (const { prefix } of highRiskRanges) ranges.add(prefix, 0);

export function isHighRisk(e164: string): boolean {
  return ranges.has(e164);
}

/** It pays who is called, or may: what no account is expected to call back. */
export function isRisky({ e164, type }: WorldNumber): boolean {
  return (
    isHighRisk(e164) || type === "premium" || type === "satellite" || type === "shared-cost" || type === "personal"
  );
}
