/**
 * Run as a program with address, method and number of tries: asks a listener for datagrams as somebody it does not know. Exit code 0: it
 * was answered. With `connect` as method: opens that many connections at one time, says of each that it is up, and keeps them. With
 * `burst`: sends that many datagrams as fast as it goes, and ends when the kernel has them.
 */
import { createSocket } from "node:dgram";
import { connect } from "node:net";

const [address = "", method = "OPTIONS", tries = "1"] = process.argv.slice(2);
const EVERY = 500;

if (method === "connect") open();
else if (method === "burst") burst();
else ask();

function burst(): void {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  let left = Number(tries);
  const next = (): void => {
    // Nothing that anybody is banned for (RFC 5626 §3.5.1).
    if (left-- > 0) socket.send("\r\n\r\n", 5060, address, next);
    else socket.close();
  };
  next();
}

function open(): void {
  for (let i = 0; i < Number(tries); i++) {
    const socket = connect(5060, address, () => process.stdout.write("up\n"));
    socket.on("error", () => undefined);
  }
  // Until it is ended.
  setInterval(() => undefined, EVERY);
}

function ask(): void {
  const ipv6 = address.includes(":");
  const [host, own] = ipv6 ? [`[${address}]`, "[2001:db8::fa]"] : [address, "198.51.100.250"];
  const user = method === "INVITE" ? "112@" : "";
  const socket = createSocket(ipv6 ? "udp6" : "udp4");
  socket.on("message", () => process.exit(0));
  socket.bind(0, () => {
    const { port } = socket.address();
    const id = `${process.pid}-${port}`;
    const request = [
      `${method} sip:${user}${host} SIP/2.0`,
      `Via: SIP/2.0/UDP ${own}:${port};branch=z9hG4bK${id};rport`,
      `From: <sip:stranger@${own}>;tag=${id}`,
      `To: <sip:${user}${host}>`,
      `Call-ID: ${id}`,
      `CSeq: 1 ${method}`,
      "Max-Forwards: 70",
      `Contact: <sip:stranger@${own}:${port}>`,
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
}
