/** A call whose INVITE and 2xx say something of session timers. */
import type { Request, Response } from "@ringfence/sip";
import { phoneDialog } from "./call-up.ts";
import { EdgeWorld, type Party } from "./edge-world.ts";
import { answer, inDialogLines, inviteLines, offer, registered, replyLines } from "./sip-script.ts";

export const sdp = "Content-Type: application/sdp";
export const allowUpdate = "Allow: INVITE, ACK, CANCEL, BYE, UPDATE";
export const coreTimer = "  session_timer: { expires: 600s }\n";

export interface TimedCall {
  readonly world: EdgeWorld;
  readonly phone: Party;
  readonly pbx: Party;
  readonly invite: Request;
  readonly ok: Response;
}

/** A phone's call to the PBX; `asked` stands in the phone's INVITE, `granted` in the PBX's 2xx. */
export function timedCall(
  asked: readonly string[],
  granted: readonly string[] = [],
  world = new EdgeWorld(),
): TimedCall {
  const phone = world.phone();
  registered(world, phone);
  phone.send([...inviteLines(phone), sdp, ...asked], offer);
  phone.response(100);
  const pbx = world.pbx();
  const { message: invite } = pbx.request("INVITE");
  pbx.send([...replyLines(invite, "200 OK", ["Contact: <sip:600@10.0.0.5>", ...granted]), sdp], answer);
  pbx.request("ACK");
  const { message: ok } = phone.response(200);
  phone.send(inDialogLines(phone, "ACK", phoneDialog(ok, 10)));
  return { world, phone, pbx, invite, ok };
}
