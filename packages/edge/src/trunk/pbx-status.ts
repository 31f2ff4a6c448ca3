/** What is known of the PBX, for status and metrics. */
import type { EdgeState } from "../state.ts";
import type { Silence } from "./pbx-health-state.ts";
import { activeNode, nodeName } from "./pbx-node.ts";

export interface PbxStatus {
  /** Of the node in use. */
  readonly address: string;
  readonly reachable: boolean | undefined;
  readonly silence: Silence | undefined;
  readonly nodes: readonly { readonly address: string; readonly up: boolean | undefined }[];
}

export function pbxStatus(state: EdgeState): PbxStatus {
  const active = activeNode(state);
  return {
    address: active === undefined ? "" : nodeName(active),
    reachable: state.pbx.reachable,
    silence: state.pbxHealth.silence,
    nodes: state.settings.pbxNodes.map((node) => {
      return { address: nodeName(node), up: state.pbxHealth.nodes.get(nodeName(node))?.up };
    }),
  };
}
