import { identifyCaller } from "./caller.ts";
import { type Core, productName } from "./core.ts";
import { destinationsOf } from "./dial-plan.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import { parseUri } from "./sip-address.ts";
import { header } from "./sip-message.ts";
import { newCallId, newTag } from "./timers.ts";

/** MESSAGE outside a dialog: sent on to the first device of the extension. Documented: without a body it only exists inside a dialog. */
export function onPageMessage(core: Core, tx: ServerTransaction): void {
  const { request } = tx;
  if (request.body.length === 0) {
    tx.respond(481);
    return;
  }
  const caller = identifyCaller(core, tx);
  if (caller === undefined) return;
  const plan = destinationsOf(core, caller, parseUri(request.uri)?.user ?? "");
  const destination = plan.kind === "ring" ? plan.destinations[0] : undefined;
  if (destination === undefined) {
    tx.respond(plan.kind === "refuse" ? plan.status : 480);
    return;
  }
  const outgoing = {
    method: "MESSAGE",
    uri: destination.uri,
    headers: [
      ["From", `${destination.from};tag=${newTag()}`],
      ["To", destination.to],
      ["CSeq", "1 MESSAGE"],
      ["Call-ID", newCallId()],
      ["User-Agent", productName],
      ["Max-Forwards", "70"],
      ["Content-Type", header(request, "content-type") ?? "text/plain"],
    ],
    body: request.body,
  } as const;
  core.client.send(outgoing, destination.flow, {
    response: (response) => {
      if (response.status >= 200) tx.respond(response.status, { reason: response.reason });
    },
    timeout: () => tx.respond(408),
  });
}
