/** A state in a word. The colour and the mark say the same as the word, never more. */
import type { ComponentChildren } from "preact";

export type StateKind = "good" | "warn" | "bad" | "quiet";

export function State({ kind, children }: { readonly kind: StateKind; readonly children: ComponentChildren }) {
  return <span class={`state ${kind}`}>{children}</span>;
}
