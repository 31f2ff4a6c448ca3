/** Requests to a listener of our own from an address that is banned, or is not: whether one is answered. */
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import type { SendProbe } from "../kernel/prove.ts";

const EVERY = 300;
/** Answers to strangers are no longer than what they sent. */
const LENGTH = 1_000;

export const sendProbe: SendProbe = ({ from, to }, most) =>
  new Promise((resolve) => {
    const socket = createSocket(from.includes(":") ? "udp6" : "udp4");
    let sent = 0;
    let timer: NodeJS.Timeout | undefined;
    const end = (answered: boolean): void => {
      clearTimeout(timer);
      socket.close();
      resolve({ sent, answered });
    };
    const next = (): void => {
      if (sent >= most) return end(false);
      socket.send(options(from, socket.address().port, to.address), to.port, to.address, () => {});
      sent++;
      timer = setTimeout(next, EVERY);
    };
    socket.once("error", () => end(false));
    socket.once("message", () => end(true));
    socket.bind({ address: from, port: 0 }, next);
  });

function options(from: string, port: number, to: string): Buffer {
  const host = (address: string): string => (address.includes(":") ? `[${address}]` : address);
  const id = randomBytes(8).toString("hex");
  const lines = [
    `OPTIONS sip:${host(to)} SIP/2.0`,
    `Via: SIP/2.0/UDP ${host(from)}:${port};branch=z9hG4bK${id};rport`,
    `From: <sip:probe@${host(from)}>;tag=${id}`,
    `To: <sip:${host(to)}>`,
    `Call-ID: ${id}`,
    "CSeq: 1 OPTIONS",
    "Max-Forwards: 1",
    "Content-Length: 0",
  ];
  const length = lines.join("\r\n").length;
  const subject = `Subject: ${"probe of the packet filter ".repeat(40)}`
    .slice(0, Math.max(20, LENGTH - length - 6))
    .trimEnd();
  return Buffer.from(`${[...lines.slice(0, -1), subject, ...lines.slice(-1)].join("\r\n")}\r\n\r\n`);
}
