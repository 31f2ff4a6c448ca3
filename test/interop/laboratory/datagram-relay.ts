/**
 * Puts SIPp, which speaks UDP here and has no TLS, on a connection: one message a datagram on this side, a stream on the
 * other. The connection stays when one SIPp ends and the next takes its port, as that of a phone does between two calls.
 * Arguments: the phone's address, the port there that SIPp sends to, the port that SIPp listens on, `tcp` or `tls`, address and
 * port of the server.
 */
import { createSocket } from "node:dgram";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";

const [own = "", here = "", phone = "", transport = "", address = "", port = ""] = process.argv.slice(2);
const local = createSocket("udp4");
const place = { host: address, port: Number(port) };
// Ringfence signs its own certificate here; what it shows is another test's business.
const stream = transport === "tls" ? connectTls({ ...place, rejectUnauthorized: false }) : connect(place);
let waiting = Buffer.alloc(0);

/** How long the first message in these octets is; undefined: not all of it is there. */
function firstLength(octets: Buffer): number | undefined {
  const end = octets.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = octets.toString("latin1", 0, end);
  const body = Number(/^(?:content-length|l)\s*:\s*(\d+)/im.exec(head)?.[1] ?? 0);
  const length = end + 4 + body;
  return length <= octets.length ? length : undefined;
}

stream.on("data", (octets: Buffer) => {
  waiting = Buffer.concat([waiting, octets]);
  for (let length = firstLength(waiting); length !== undefined; length = firstLength(waiting)) {
    local.send(waiting.subarray(0, length), Number(phone), own);
    waiting = waiting.subarray(length);
  }
});
stream.on("close", () => process.exit(0));
stream.on("error", (error) => console.error(error.message));
local.on("message", (message) => stream.write(message));
local.bind(Number(here), own);
stream.once(transport === "tls" ? "secureConnect" : "connect", () => console.log("connected"));
