export {
  type DropCounts,
  dropCounters,
  type FirewallAnswer,
  type FirewallRequest,
  firewallFailures,
  type KernelBan,
  longestAnswer,
  mostBans,
  type RulesInForce,
} from "./protocol.ts";
export { type Ruleset, ruleset } from "./ruleset.ts";
