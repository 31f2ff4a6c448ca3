/** Whether something that speaks SIP is where the PBX is said to be: an OPTIONS, and what came back in words. */
import { randomBytes } from "node:crypto";
import { formatHost, HeaderList, noBody, parseMessage, type Response, serializeRequest, sipUri } from "@ringfence/sip";
import { openSipLine } from "../io/sip-line.ts";
import { cleanText } from "../logs/clean-text.ts";

/** The datagram is sent again at these times, and then it was enough. Milliseconds. */
const times = [0, 500, 1_500];
const patience = 3_000;

/** @param address literal */
export async function tryPbx(address: string, port: number): Promise<string> {
  const place = `${formatHost(address)}:${port}`;
  let hear: (response: Response | undefined) => void = () => undefined;
  const heard = new Promise<Response | undefined>((resolve) => {
    hear = resolve;
  });
  const line = await openSipLine(
    { address, port, transport: "udp", trust: "any" },
    {
      heard: (bytes) => {
        const message = parseMessage(bytes, "datagram");
        if (message.kind === "response") hear(message);
      },
      lost: () => hear(undefined),
    },
  );
  if (line.kind === "unreachable") return `${place} cannot be reached from here (${line.code}).`;
  const request = options(address, port, line.local);
  const timers = times.map((at) => setTimeout(() => line.send(request), at));
  timers.push(setTimeout(() => hear(undefined), patience));
  const response = await heard;
  for (const timer of timers) clearTimeout(timer);
  line.close();
  return said(place, response);
}

function said(place: string, response: Response | undefined): string {
  if (response === undefined) {
    return `${place} does not answer over UDP. Is it the right address? Is this machine on its white list (Accept)?`;
  }
  const { status, reason, headers } = response;
  const server = headers.get("Server") ?? headers.get("User-Agent");
  const who = server === undefined ? "" : `, ${cleanText(server, 60)}`;
  if (status < 300) return `${place} answers: ${status} ${cleanText(reason, 40)}${who}.`;
  return `${place} speaks SIP and answers ${status} ${cleanText(reason, 40)}${who}: that is enough for now.`;
}

function options(
  address: string,
  port: number,
  local: { readonly address: string; readonly port: number },
): Uint8Array {
  const id = randomBytes(8).toString("hex");
  const uri = sipUri({ host: address, port }).raw;
  const headers = HeaderList.of(
    ["Via", `SIP/2.0/UDP ${formatHost(local.address)}:${local.port};branch=z9hG4bK${id};rport`],
    ["Max-Forwards", "70"],
    ["From", `<sip:setup@${formatHost(local.address)}>;tag=${id}`],
    ["To", `<${uri}>`],
    ["Call-ID", id],
    ["CSeq", "1 OPTIONS"],
    ["User-Agent", "Ringfence setup"],
  );
  return serializeRequest({ method: "OPTIONS", uri, headers, body: noBody });
}
