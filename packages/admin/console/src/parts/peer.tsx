/** Text that a peer wrote: isolated in its direction, with nothing in it unseen. */
import { visible } from "../text/visible.ts";

interface Properties {
  readonly text: string | null | undefined;
  /** As code: identifiers, headers, addresses. */
  readonly code?: boolean;
}

export function Peer({ text, code = false }: Properties) {
  if (text === null || text === undefined || text === "") return <span class="quiet">–</span>;
  return <bdi class={code ? "peer code" : "peer"}>{visible(text)}</bdi>;
}
