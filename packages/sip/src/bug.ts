/**
 * A broken invariant of ours, never something a peer sent. The edge catches it per message or call
 * (one message never ends the process), logs it once with the offending bytes and counts it.
 */
export class Bug extends Error {
  override readonly name = "Bug";
}
