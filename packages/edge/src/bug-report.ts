/** A fault of ours, said once with the octets that caused it (threat L13). */
import { count, type EdgeState, tell } from "./state.ts";

/** Octets of an offending message that the log shows. */
const MAX_LOGGED = 512;

export function reportBug(state: EdgeState, error: unknown, bytes: Uint8Array | undefined): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  count(state, { name: "bugs" });
  // Not as hex digits in the text: nobody could hide the numbers and keys in them.
  tell(state, { event: "bug", level: "error", detail: text, bytes: bytes?.slice(0, MAX_LOGGED) });
}
