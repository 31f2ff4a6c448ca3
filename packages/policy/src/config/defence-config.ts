import type { Cidr } from "../cidr.ts";

export interface DefenceConfig {
  /** `shadow`: rates and failures are decided, counted and logged, and nothing is done about them. */
  readonly mode: "enforce" | "shadow";
  /** `promote`: registered phones that behave are refused last when load must be shed. */
  readonly trust: "promote" | "off";
  readonly allow: readonly Cidr[];
  readonly deny: readonly Cidr[];
  /** `connections`: that one source may hold at one time. */
  readonly source: {
    readonly packetsPerSecond: number;
    readonly newTransactionsPerSecond: number;
    readonly connections: number;
  };
  /** Of all sources together behind which nobody registered: datagrams a second, and connections at one time. */
  readonly strangers: { readonly packetsPerSecond: number; readonly connections: number };
  /** Of a source, of an account, and of an account at a place; and how long the bans are that follow. */
  readonly failures: {
    readonly windowMs: number;
    readonly max: number;
    readonly banMs: number;
    readonly grow: number;
    readonly longestMs: number;
  };
  /** Parts of the User-Agent of scanning programs, lower case. */
  readonly scanners: { readonly userAgents: readonly string[]; readonly banMs: number };
  /** `auto`: where the helper's socket is. */
  readonly kernel: { readonly nftables: "auto" | "on" | "off"; readonly socket: string };
}
