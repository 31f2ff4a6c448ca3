/** The number that a URI names, as `Policy.readNumber` takes it. */
import type { Uri } from "@ringfence/sip";
import { userOf } from "./egress.ts";

/** With the context that a local number is meant in (RFC 3966 §5.1.5). */
export function dialledText(uri: Uri): string | undefined {
  const user = userOf(uri);
  const context = uri.kind === "tel" ? uri.params.find(({ name }) => name === "phone-context")?.value : undefined;
  return user === undefined || context === undefined ? user : `${user};phone-context=${context}`;
}
