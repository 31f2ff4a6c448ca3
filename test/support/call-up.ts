/** A call that is up, for tests of what comes after; and what either side says inside it. */
import type { Request, Response } from "@ringfence/sip";
import { EdgeWorld, type Party, pbxTime } from "./edge-world.ts";
import { answer, inDialogLines, inviteLines, offer, registered, replyLines } from "./sip-script.ts";

/** The one timer is the registration's. */
export const nothingLeft = { calls: 0, transactions: { server: 0, client: 0 }, timers: 1 };

export interface CallUp {
  readonly world: EdgeWorld;
  readonly phone: Party;
  readonly pbx: Party;
  readonly invite: Request;
  readonly ok: Response;
}

/** Everything of `phones.methods` is on. */
export const allMethods = `${pbxTime}
  methods: { subscribe: true, message: true, refer: true }`;

/** A registered phone has called 600, the PBX has answered with those lines too, everything is acknowledged. */
export function callUp(world = new EdgeWorld(), more: readonly string[] = []): CallUp {
  const phone = world.phone();
  registered(world, phone);
  phone.send([...inviteLines(phone), "Content-Type: application/sdp"], offer);
  phone.response(100);
  const pbx = world.pbx();
  const { message: invite } = pbx.request("INVITE");
  pbx.send(replyLines(invite, "100 Trying"));
  pbx.send(replyLines(invite, "180 Ringing"));
  phone.response(180);
  const lines = ["Contact: <sip:600@10.0.0.5>", ...more];
  pbx.send([...replyLines(invite, "200 OK", lines), "Content-Type: application/sdp"], answer);
  pbx.request("ACK");
  const { message: ok } = phone.response(200);
  phone.send(inDialogLines(phone, "ACK", phoneDialog(ok, 10)));
  return { world, phone, pbx, invite, ok };
}

export function phoneDialog(ok: Response, cseq: number) {
  return {
    target: "sip:600@203.0.113.1:5060",
    from: ok.headers.get("From") ?? "",
    to: ok.headers.get("To") ?? "",
    callId: ok.callId,
    cseq,
  };
}

export function pbxDialog(invite: Request, cseq: number) {
  return {
    target: "sip:1001@10.0.0.2:5060",
    from: `${invite.headers.get("To")};tag=peer`,
    to: invite.headers.get("From") ?? "",
    callId: invite.callId,
    cseq,
  };
}
