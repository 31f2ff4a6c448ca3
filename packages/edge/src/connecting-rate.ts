import type { CoreSettings } from "./settings.ts";

/** New connections a second of one source. */
const CONNECTS_PER_SECOND = 10;

/** Everybody behind one address may reconnect at once after a restart, and once more. */
export function connecting({ config }: CoreSettings): { readonly packetsPerSecond: number; readonly burst: number } {
  const burst = Math.max(2 * config.defence.source.connections, 5 * CONNECTS_PER_SECOND);
  return { packetsPerSecond: CONNECTS_PER_SECOND, burst };
}
