/** A phone that watches something at the PBX, for tests of subscriptions and of what they carry. */
import type { Request, Response } from "@ringfence/sip";
import { allMethods } from "./call-up.ts";
import { EdgeWorld, type Party } from "./edge-world.ts";
import { branch, inDialogLines, registered, replyLines } from "./sip-script.ts";

export const atPbx = "Contact: <sip:600@10.0.0.5>";
export const here = "Contact: <sip:1001@192.0.2.10:40000>";

export function subscribeLines(
  phone: Party,
  event: string,
  extra: readonly string[] = ["Expires: 600"],
): readonly string[] {
  const { address, port } = phone.flow.packetSource;
  return [
    "SUBSCRIBE sip:1002@pbx.example.com SIP/2.0",
    `Via: SIP/2.0/UDP ${address}:${port};branch=${branch()};rport`,
    "Max-Forwards: 70",
    "From: <sip:boss@pbx.example.com>;tag=watcher",
    "To: <sip:1002@pbx.example.com>",
    `Call-ID: watch-${event}`,
    "CSeq: 1 SUBSCRIBE",
    here,
    `Event: ${event}`,
    "Accept: application/dialog-info+xml, text/html",
    ...extra,
  ];
}

export interface Watching {
  readonly world: EdgeWorld;
  readonly phone: Party;
  readonly pbx: Party;
  readonly subscribe: Request;
  readonly ok: Response;
}

export function watching(
  event: string,
  world = new EdgeWorld("", { phones: allMethods }),
  phone = world.phone(),
): Watching {
  if (world.core.counts().registrations === 0) registered(world, phone);
  phone.send(subscribeLines(phone, event));
  const pbx = world.pbx();
  const { message: subscribe } = pbx.request("SUBSCRIBE");
  pbx.send(replyLines(subscribe, "200 OK", ["Expires: 300", atPbx]));
  return { world, phone, pbx, subscribe, ok: phone.response(200).message };
}

export function notify(
  w: Pick<Watching, "pbx" | "subscribe">,
  cseq: number,
  extra: readonly string[],
  body = "",
): void {
  const dialog = {
    target: "sip:1001@10.0.0.2:5060",
    from: `${w.subscribe.headers.get("To")};tag=peer`,
    to: w.subscribe.headers.get("From") ?? "",
    callId: w.subscribe.callId,
    cseq,
  };
  w.pbx.send(inDialogLines(w.pbx, "NOTIFY", dialog, [atPbx, ...extra]), body);
}

export const event = (name: string, type: string, state = "active;expires=250") => [
  `Event: ${name}`,
  `Subscription-State: ${state}`,
  `Content-Type: ${type}`,
];

export const busy = (callId: string, local: string, remote: string) => `<?xml version="1.0"?>
<d:dialog-info xmlns:d="urn:ietf:params:xml:ns:dialog-info" version="7" state="full" entity="sip:1002@10.0.0.5">
<d:dialog id="${callId}" call-id="${callId}" local-tag="${local}" remote-tag="${remote}" direction="recipient">
<d:state>early</d:state>
<d:local><d:identity display="A &amp; B">sip:1002@10.0.0.5</d:identity><d:target uri="sip:1002@10.0.0.5:5060"/></d:local>
<d:remote><d:identity>sip:600@10.0.0.9:5066;x=y</d:identity></d:remote>
<d:secret>10.0.0.77</d:secret>
</d:dialog></d:dialog-info>`;
