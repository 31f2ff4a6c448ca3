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
  socket.on("message", (bytes, from) => {
    const text = bytes.toString("latin1");
    const method = text.slice(0, text.indexOf(" "));
    if (method === "ACK" || method === "SIP/2.0") return;
    const head = text.split("\r\n").filter((line) => copied.has(line.slice(0, line.indexOf(":"))));
    const named = head.map((line) => (line.startsWith("To:") && !line.includes("tag=") ? `${line};tag=pbx` : line));
    const contact =
      method === "REGISTER" ? `Contact: ${headerOf(text, "Contact").split(";expires=")[0]};expires=7200` : own;
    const more = method === "SUBSCRIBE" ? ["Expires: 60"] : [];
    const body = method === "INVITE" ? audioAt(voice) : "";
    const type = body === "" ? [] : ["Content-Type: application/sdp"];
    const length = `Content-Length: ${body.length}`;
    const answer = ["SIP/2.0 200 OK", ...named, contact, ...type, ...more, length, "", body].join("\r\n");
    socket.send(Buffer.from(answer, "latin1"), from.port, from.address);
    if (method === "INVITE") onCall(text.slice(text.indexOf("sip:") + 4, text.indexOf("@")), mediaOf(text));
  });
  await new Promise<void>((resolve) => socket.bind(at.port, at.address, resolve));
}
