/** Which node of the PBX new calls and registrations go to. */
import type { PbxNode } from "../settings.ts";
import type { EdgeState } from "../state.ts";

export function nodeName(node: PbxNode): string {
  return node.host.includes(":") ? `[${node.host}]:${node.port}` : `${node.host}:${node.port}`;
}

/** Undefined only for settings without a node. */
export function activeNode(state: EdgeState): PbxNode | undefined {
  const { active } = state.pbxHealth;
  const { pbxNodes } = state.settings;
  return (active === undefined ? undefined : pbxNodes.find((node) => nodeName(node) === active)) ?? preferred(state)[0];
}

/**
 * By priority, and among equals by what was drawn once for each (RFC 2782 by way of keys: the smallest of -ln(u)/weight).
 * Not drawn for each call: phones are registered with one node, and another would not find them.
 */
export function preferred(state: EdgeState): readonly PbxNode[] {
  const { pbxNodes } = state.settings;
  if (pbxNodes.every(({ weight = 0 }) => weight === 0)) return pbxNodes;
  const keyed = pbxNodes.map((node) => ({ node, priority: node.priority ?? 1, key: keyOf(state, node) }));
  // A stable sort leaves those without a weight in the order of the file.
  return keyed
    .toSorted((one, other) => one.priority - other.priority || compare(one.key, other.key))
    .map((k) => k.node);
}

function keyOf(state: EdgeState, node: PbxNode): number {
  const { weight = 0 } = node;
  return weight === 0 ? Number.POSITIVE_INFINITY : -Math.log(luckOf(state, nodeName(node))) / weight;
}

/** The difference of two infinities is no number. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one - other;
}

/** Above 0 and at most 1; the same as long as the process lives, so that a reload moves nobody. */
function luckOf(state: EdgeState, name: string): number {
  const known = state.pbxHealth.luck.get(name);
  if (known !== undefined) return known;
  const [a = 0, b = 0, c = 0, d = 0] = state.random(4);
  const drawn = ((((a << 24) | (b << 16) | (c << 8) | d) >>> 0) + 1) / 2 ** 32;
  state.pbxHealth.luck.set(name, drawn);
  return drawn;
}
