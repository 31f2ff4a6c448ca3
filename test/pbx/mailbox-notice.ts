import { type Core, productName } from "./core.ts";
import { bodyTypes, messageSummary } from "./event-state.ts";
import { flowToUri, ownContact } from "./leg.ts";
import type { Registration } from "./registrar.ts";
import { hostPort, writeUri } from "./sip-address.ts";
import { newCallId, newTag } from "./timers.ts";

/** Tells every device of an extension of its mailbox, without a subscription: many PBXs do, nothing says that this one does. */
export function tellUnasked(core: Core, user: string): void {
  if (!core.knobs.mailboxUnasked) return;
  for (const device of core.registrar.of(user)) tell(core, device);
}

function tell(core: Core, device: Registration): void {
  const toContact = core.knobs.udpTarget === "contact" && !device.flow.reliable;
  const flow = (toContact ? flowToUri(core, device.contact, device.flow) : undefined) ?? device.flow;
  const host = hostPort(core.addressFor(flow), flow.local.port);
  const address = `<sip:${device.user}@${host}>`;
  const request = {
    method: "NOTIFY",
    uri: writeUri(device.contact),
    headers: [
      ["From", `${address};tag=${newTag()}`],
      ["To", address],
      ["CSeq", "1 NOTIFY"],
      ["Call-ID", newCallId()],
      ["User-Agent", productName],
      ["Max-Forwards", "70"],
      ["Contact", ownContact(core, flow, device.user)],
      ["Event", "message-summary"],
      ["Subscription-State", "active"],
      ["Content-Type", bodyTypes["message-summary"]],
    ],
    body: Buffer.from(messageSummary(core, device.user, host)),
  } as const;
  core.client.send(request, flow, { response: () => {}, timeout: () => {} });
}
