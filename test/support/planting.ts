/** Threat L14 at a site that runs: each header field and each line of a session description has been somebody's, in calls and in their answers. */
import type { Request } from "@ringfence/sip";
import { registeredNames } from "../../packages/sip/src/message/names.ts";
import { dayManners } from "./day-manners.ts";
import { forms, payloads, plant, sdpPlants, telling, whole, withLine } from "./payloads.ts";
import { answer, branch, inDialogLines, inviteLines, offer, replyLines } from "./sip-script.ts";
import { type Actor, request, response, type Stage } from "./stage.ts";

const sdp = "Content-Type: application/sdp";
const names = [...registeredNames, "X-Unknown", "__proto__", "constructor"];

/** @param phone is registered */
export async function plantEverywhere(stage: Stage, phone: Actor): Promise<void> {
  let write = (lines: readonly string[]): readonly string[] => lines;
  const refuse = (invite: Request): readonly string[] => write(replyLines(invite, "486 Busy Here"));
  stage.pbx("phones").behave((asked) => (asked.method === "INVITE" ? refuse(asked) : dayManners(asked)));
  const call = (body: string): void => phone.send(write([...inviteLines(phone, { callId: branch() }), sdp]), body);
  const all = [
    ...names.map((name, i) => [name, payloads[i % payloads.length] ?? ""] as const),
    ...telling.flatMap((name) => payloads.map((payload) => [name, payload] as const)),
  ];
  for (const [turn, line] of sdpPlants.entries()) call(withLine(offer, line(payloads[turn % payloads.length] ?? "")));
  for (const [turn, [name, payload]] of all.entries()) {
    const form = forms[turn % forms.length] ?? whole;
    write = (lines) => plant(lines, name, (before) => form(payload, before));
    call(offer);
    if (turn % 10 === 0) await everythingRead(phone);
  }
  await everythingRead(phone);
  stage.pbx("phones").behave(dayManners);
}

/** A call that stays up, with that wherever a person is told of a call. */
export async function plantedCall(stage: Stage, phone: Actor, payload: string): Promise<void> {
  const callId = branch();
  const lines = inviteLines(phone, { callId, extra: [`User-Agent: ${payload}`, `Subject: ${payload}`] });
  const said = `"${payload.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  phone.send(
    [...lines, sdp].map((line) => line.replace("From: ", `From: ${said} `)),
    offer.replace("s=-", `s=${payload}`),
  );
  const pbx = stage.pbx("phones");
  const invite = await pbx.hears(request("INVITE"));
  const { address, port } = pbx.flow.packetSource;
  pbx.send([...replyLines(invite, "200 OK", [`Contact: <sip:there@${address}:${port}>`]), sdp], answer);
  const ok = await phone.hears(response(200, "INVITE", callId));
  const dialog = { from: ok.headers.get("From") ?? "", to: ok.headers.get("To") ?? "", callId, cseq: 10 };
  phone.send(inDialogLines(phone, "ACK", { ...dialog, target: `sip:600@${stage.places.access}` }));
}

/** What came before it was read before it. */
async function everythingRead(phone: Actor): Promise<void> {
  const callId = branch();
  const [from, target] = ["<sip:1002@pbx.example.com>;tag=read", "sip:pbx.example.com"];
  phone.send(inDialogLines(phone, "OPTIONS", { target, from, to: `<${target}>`, callId, cseq: 1 }));
  await phone.hears(response(200, "OPTIONS", callId));
}
