/** The least that Node.js can do with a request: receive it and send the same 200 to everybody. Arguments: address, port. */
import { createSocket } from "node:dgram";

const [address, port] = process.argv.slice(2);
const answer = Buffer.from(`SIP/2.0 200 OK\r\nX: ${"x".repeat(380)}\r\n\r\n`, "latin1");
const lookup = (host: string, _o: object, done: (e: null, found: string, family: number) => void) =>
  done(null, host, 4);
const socket = createSocket({ type: "udp4", recvBufferSize: 4 * 1024 * 1024, lookup: lookup as never });
socket.on("message", (_bytes, from) => socket.send(answer, from.port, from.address));
socket.bind(Number(port), address);
