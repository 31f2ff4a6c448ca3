/** A PBX that says yes to everything at once, in the process of who asks. */
import { createSocket } from "node:dgram";
import { headerOf } from "./bench-phone.ts";
import { audioAt, mediaOf } from "./carrier-calls.ts";
import type { Place } from "./phones.ts";

const copied: ReadonlySet<string> = new Set(["Via", "Record-Route", "From", "To", "Call-ID", "CSeq"]);

/** @param voice where it speaks. @param onCall told of each INVITE: the number called, and where the relay listens for the PBX */
export async function yesPbx(at: Place, voice: Place, onCall: (number: string, relay: Place) => void): Promise<void> {
  const socket = createSocket({ type: "udp4", recvBufferSize: 4_000_000 });
  const own = `Contact: <sip:600@${at.address}:${at.port}>`;
  let notified = 0;
  socket.on("message", (bytes, from) => {
    const text = bytes.toString("latin1");
    const method = text.slice(0, text.indexOf(" "));
    if (method === "ACK" || method === "SIP/2.0") return;
    const head = text.split("\r\n").filter((line) => copied.has(line.slice(0, line.indexOf(":"))));
    const named = head.map((line) => (line.startsWith("To:") && !line.includes("tag=") ? `${line};tag=pbx` : line));
    const contact =
      method === "REGISTER" ? `Contact: ${headerOf(text, "Contact").split(";expires=")[0]};expires=7200` : own;
    const more = method === "SUBSCRIBE" ? [`Expires: ${headerOf(text, "Expires")}`] : [];
    const body = method === "INVITE" ? audioAt(voice) : "";
    const type = body === "" ? [] : ["Content-Type: application/sdp"];
    const length = `Content-Length: ${body.length}`;
    const answer = ["SIP/2.0 200 OK", ...named, contact, ...type, ...more, length, "", body].join("\r\n");
    socket.send(Buffer.from(answer, "latin1"), from.port, from.address);
    if (method === "SUBSCRIBE")
      socket.send(Buffer.from(notifyOf(text, own, ++notified), "latin1"), from.port, from.address);
    if (method === "INVITE") onCall(text.slice(text.indexOf("sip:") + 4, text.indexOf("@")), mediaOf(text));
  });
  await new Promise<void>((resolve) => socket.bind(at.port, at.address, resolve));
}

/** RFC 6665 §4.2.1.2: who subscribes is told at once how things are; here that was all. */
function notifyOf(subscribe: string, contact: string, number: number): string {
  const target = headerOf(subscribe, "Contact").split(/[<>]/u)[1] ?? "";
  return [
    `NOTIFY ${target} SIP/2.0`,
    `Via: SIP/2.0/UDP ${contact.slice(contact.indexOf("@") + 1, -1)};branch=z9hG4bKn${number}`,
    "Max-Forwards: 70",
    `From: ${headerOf(subscribe, "To")};tag=pbx`,
    `To: ${headerOf(subscribe, "From")}`,
    `Call-ID: ${headerOf(subscribe, "Call-ID")}`,
    "CSeq: 1 NOTIFY",
    contact,
    `Event: ${headerOf(subscribe, "Event")}`,
    "Subscription-State: terminated;reason=timeout",
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
}
