import type { DestinationReason } from "../destination-reasons.ts";
import type { NumberType } from "../number/plan.ts";
import type { AnomalyConfig, FraudConfig, FraudServiceConfig } from "./fraud-config.ts";
import type { AccountRules } from "./use-rules.ts";

/** Numbers by their beginning, country, type or a list; a rule without any of these is about every number. */
export interface DestinationRule {
  /** With a plus: of the number with country code; without: of the digits as dialled. */
  readonly prefix: readonly string[] | undefined;
  /** ISO 3166-1 alpha-2, or the three digits of a network of no country. */
  readonly country: readonly string[] | undefined;
  readonly type: readonly DestinationType[] | undefined;
  readonly list: "high-risk" | undefined;
  readonly action: "allow" | "reject";
  /** Of a rule that rejects. */
  readonly reason: DestinationReason;
  /** `shadow`: decided, counted and logged, and not acted on. An `allow` is always acted on. */
  readonly mode: "enforce" | "shadow";
}

/** `local`: no number of the world; extensions, short codes, service codes. */
export type DestinationType = NumberType | "local";

export interface PolicyConfig {
  /** Where the phones are, ISO 3166-1 alpha-2: how national numbers are read. Undefined: only international ones are. */
  readonly country: string | undefined;
  /** The first that matches decides; none: allowed, but for what toll fraud lives on (filter/unlisted.ts). */
  readonly destinations: readonly DestinationRule[];
  /** `unregisteredCalls`: emergency calls at one time from phones that are not registered; 0 refuses them. */
  readonly emergency: {
    readonly numbers: readonly string[];
    readonly urns: boolean;
    readonly to: "pbx";
    readonly unregisteredCalls: number;
  };
  readonly limits: {
    readonly calls: number;
    readonly callsPerSecond: number;
    readonly callsPerAccount: number;
    readonly callDurationMs: number;
    readonly mode: "enforce" | "shadow";
  };
  /** What becomes of calls and registrations that the rules of a reload forbid. */
  readonly onReload: "keep" | "end";
  /** By name; `default` is for whoever has no entry, and for what an entry does not say. */
  readonly accounts: ReadonlyMap<string, AccountRules>;
  /** Undefined: calls are not watched. */
  readonly anomaly: AnomalyConfig | undefined;
  readonly onFraud: FraudConfig;
  readonly fraudService: FraudServiceConfig | undefined;
  /** Answers that refuse name the decision (RFC 3326). */
  readonly reasonHeader: boolean;
  /** Path of the file with prices. */
  readonly ratesFile: string | undefined;
  /** Path of the file that says which country an address is in. */
  readonly geoipFile: string | undefined;
}
