/** Which node of the PBX new calls and registrations go to. */
import type { PbxNode } from "../settings.ts";
import type { EdgeState } from "../state.ts";

export function nodeName(node: PbxNode): string {
  return node.host.includes(":") ? `[${node.host}]:${node.port}` : `${node.host}:${node.port}`;
}

/** Undefined only for settings without a node. */
export function activeNode(state: EdgeState): PbxNode | undefined {
  const { pbxNodes } = state.settings;
  const { active } = state.pbxHealth;
  return (active === undefined ? undefined : pbxNodes.find((node) => nodeName(node) === active)) ?? pbxNodes[0];
}
