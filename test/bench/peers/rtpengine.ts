/** rtpengine, in userspace (`--table=-1`: a kernel module is nothing that a benchmark may ask for), and its control protocol. */
import { createSocket, type Socket } from "node:dgram";
import type { Place } from "../load/phones.ts";
import type { Ports, RelayOrder } from "../load/relay.ts";
import { System } from "../system.ts";

/** @param control address and port of its `ng` socket */
export function startRtpengine(system: System, control: string): void {
  system.start("rtpengine", [
    // Debian's configuration file would open the ports of a second rtpengine of this machine.
    ...["--config-file=none", "--foreground", "--table=-1", "--interface=127.0.0.1", `--listen-ng=${control}`],
    ...["--port-min=35000", "--port-max=39999", "--log-level=3", "--log-stderr"],
    `--pidfile=${system.path("rtpengine.pid")}`,
  ]);
}

const control = { address: "127.0.0.1", port: 12_224 };

export function rtpengine(): System {
  const system = new System("rtpengine, userspace", control);
  startRtpengine(system, `${control.address}:${control.port}`);
  return system;
}

let laid = 0;

/** Lays out every stream as a call of its own: an offer of the phone, an answer of the PBX. */
export async function layOut(order: RelayOrder): Promise<readonly Ports[]> {
  const socket = createSocket("udp4");
  const ports: Ports[] = [];
  for (let stream = 0; stream < order.streams; stream++) {
    const about = { "call-id": `bench-${laid++}`, "from-tag": "phone", ICE: "remove" };
    const toPbx = await ask(socket, {
      ...about,
      command: "offer",
      "transport-protocol": "RTP/AVP",
      sdp: sdp(order.phone, order.key),
    });
    const toPhone = await ask(socket, { ...about, command: "answer", "to-tag": "pbx", sdp: sdp(order.pbx, undefined) });
    ports.push({ phone: portOf(toPhone), pbx: portOf(toPbx) });
  }
  socket.close();
  return ports;
}

function sdp({ address, port }: Place, key: Uint8Array | undefined): string {
  return [
    "v=0",
    `o=- 1 1 IN IP4 ${address}`,
    "s=-",
    `c=IN IP4 ${address}`,
    "t=0 0",
    `m=audio ${port} ${key === undefined ? "RTP/AVP" : "RTP/SAVP"} 0`,
    ...(key === undefined ? [] : [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${Buffer.from(key).toString("base64")}`]),
    "",
  ].join("\r\n");
}

function portOf(answer: string): number {
  const place = answer.indexOf("m=audio ");
  if (place < 0) throw new Error(`rtpengine: ${answer}`);
  return Number.parseInt(answer.slice(place + "m=audio ".length), 10);
}

let cookies = 0;

/** One command of `ng`: a cookie, a space, a dictionary in bencode; the answer comes the same way. */
function ask(socket: Socket, command: Readonly<Record<string, string>>): Promise<string> {
  const text = Object.entries(command).map(([key, value]) => `${bencoded(key)}${bencoded(value)}`);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("rtpengine does not answer")), 2_000);
    socket.once("message", (answer) => {
      clearTimeout(timer);
      resolve(answer.toString("latin1"));
    });
    socket.send(`bench${cookies++} d${text.join("")}e`, control.port, control.address);
  });
}

function bencoded(text: string): string {
  return `${Buffer.byteLength(text)}:${text}`;
}
