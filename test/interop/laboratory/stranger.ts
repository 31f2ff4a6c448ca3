/** Run as a program with address, method and number of tries: asks a listener as somebody it does not know. Exit code 0: it was answered. */
import { createSocket } from "node:dgram";

const [address = "", method = "OPTIONS", tries = "1"] = process.argv.slice(2);
const EVERY = 500;

const user = method === "INVITE" ? "112@" : "";
const socket = createSocket("udp4");
socket.on("message", () => process.exit(0));
socket.bind(0, () => {
  const { port } = socket.address();
  const id = `${process.pid}-${port}`;
  const request = [
    `${method} sip:${user}${address} SIP/2.0`,
    `Via: SIP/2.0/UDP 198.51.100.250:${port};branch=z9hG4bK${id};rport`,
    `From: <sip:stranger@198.51.100.250>;tag=${id}`,
    `To: <sip:${user}${address}>`,
    `Call-ID: ${id}`,
    `CSeq: 1 ${method}`,
    "Max-Forwards: 70",
    `Contact: <sip:stranger@198.51.100.250:${port}>`,
    `Subject: ${"x".repeat(600)}`,
    "Content-Length: 0",
  ];
  const bytes = Buffer.from(`${request.join("\r\n")}\r\n\r\n`);
  let sent = 0;
  const timer = setInterval(() => {
    if (sent++ < Number(tries)) return void socket.send(bytes, 5060, address);
    clearInterval(timer);
    process.exit(1);
  }, EVERY);
});
