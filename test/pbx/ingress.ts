import { type Core, productName } from "./core.ts";
import { onAck, onInDialog } from "./in-dialog.ts";
import { onInvite } from "./incoming-call.ts";
import { onPageMessage } from "./page-message.ts";
import { onPublish } from "./publish.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import { tagOf } from "./sip-address.ts";
import { header, headerList, type SipMessage, type SipRequest } from "./sip-message.ts";
import type { Flow } from "./transport.ts";

/** Every message that came in and may be looked at. */
export function onMessage(core: Core, flow: Flow, message: SipMessage): void {
  if (message.kind === "response") core.client.receive(message);
  else if (message.method === "ACK") acknowledge(core, flow, message);
  else {
    const tx = core.server.receive(flow, message);
    if (tx !== undefined) onRequest(core, tx);
  }
  core.subscriptions.changed();
}

/** The ACK of a refusal shares the INVITE's branch; some clients reuse it for the ACK of a 2xx as well. */
function acknowledge(core: Core, flow: Flow, request: SipRequest): void {
  const invite = core.server.inviteOf(flow, request);
  if (invite !== undefined && invite.final >= 300) invite.acknowledged();
  else onAck(core, request);
}

function onRequest(core: Core, tx: ServerTransaction): void {
  const { request } = tx;
  if (tx.method === "CANCEL") {
    const invite = core.server.inviteOf(tx.flow, request);
    tx.respond(invite === undefined ? 481 : 200);
    invite?.onCancel?.();
    return;
  }
  const known = core.knobs.replaces ? ["100rel", "replaces"] : ["100rel"];
  const unknown = headerList(request, "require").filter((option) => !known.includes(option));
  if (unknown.length > 0) {
    tx.respond(420, { reason: "Bad Extension", headers: [["Unsupported", unknown.join(", ")]] });
    return;
  }
  if (tx.method === "SUBSCRIBE") core.subscriptions.receive(core, tx);
  else if (tagOf(header(request, "to")) !== undefined) onInDialog(core, tx);
  else if (core.knobs.busy503) tx.respond(503);
  else onNew(core, tx);
}

function onNew(core: Core, tx: ServerTransaction): void {
  switch (tx.method) {
    case "REGISTER":
      core.registrar.receive(core, tx);
      return;
    case "INVITE":
      onInvite(core, tx);
      return;
    case "OPTIONS":
      tx.respond(200, { headers: [["Server", productName]] });
      return;
    case "MESSAGE":
      onPageMessage(core, tx);
      return;
    case "PUBLISH":
      onPublish(core, tx);
      return;
    case "BYE":
    case "INFO":
    case "NOTIFY":
    case "PRACK":
    case "REFER":
    case "UPDATE":
      tx.respond(481);
      return;
    default:
      tx.respond(501, { reason: "Not Implemented" });
  }
}
