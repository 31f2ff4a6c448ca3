import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { createMedia } from "@ringfence/media";
import { afterEach, test as anyTest, expect } from "vitest";
import { WebSocket } from "ws";
import { answerTo, edgeOnSockets, phoneRequest } from "../support/edge-on-sockets.ts";
import { freePort } from "../support/free-port.ts";
import { rtpPacket } from "../support/udp-host.ts";

/** Some containers have no IPv6 at all. */
const test = anyTest.skipIf(!Object.values(networkInterfaces()).some((list) => list?.some((a) => a.address === "::1")));

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function udp(host: string): Promise<UdpSocket> {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4").bind(0, host);
  await once(socket, "listening");
  cleanup.push(() => socket.close());
  return socket;
}

async function text(socket: UdpSocket): Promise<string> {
  const [bytes] = (await once(socket, "message")) as [Buffer];
  return bytes.toString("latin1");
}

function sdp(family: 4 | 6, address: string, port: number): string {
  const place = `IN IP${family} ${address}`;
  return `v=0\r\no=- 1 1 ${place}\r\ns=-\r\nc=${place}\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\n`;
}

function audioPort(message: string): number {
  return Number(message.split("m=audio ")[1]?.split(" ")[0]);
}

/** A phone's request as IPv6 writes it. */
function fromV6(request: string, port: number, transport = "UDP"): string {
  return request
    .replace("df7jal23ls0d.invalid", `[::1]:${port}`)
    .replace("xyz.invalid", `[::1]:${port}`)
    .replace(`;transport=${transport.toLowerCase()}>`, ">");
}

test("an IPv6 phone calls through an IPv4 PBX: each side sees its own family in Via, Contact and SDP, and RTP crosses", async () => {
  const media = await createMedia({
    settings: { ports: { first: 42_000, last: 42_099 }, inactivityMs: 60_000, learn: { windowMs: 3_000, packets: 5 } },
    onEvent() {},
    log() {},
  });
  cleanup.push(() => media.stop());
  const [rtpPhone, rtpPbx, phone] = [await udp("::1"), await udp("127.0.0.1"), await udp("::1")];
  const port = await freePort("::1");
  const world = await edgeOnSockets(
    {
      // What is shown behind a 1:1 NAT of IPv4 is not for IPv6.
      listen: `{ transport: udp, address: "::1", port: ${port} }`,
      phones: ", public_address: 203.0.113.9",
      media,
      answer: (request) => {
        const own = sdp(4, "127.0.0.1", rtpPbx.address().port);
        const contact = [`Contact: <sip:600@127.0.0.1:${world.pbx.address().port}>`, "Content-Type: application/sdp"];
        return request.startsWith("INVITE") ? answerTo(request, "200 OK", contact, own) : undefined;
      },
    },
    cleanup,
  );
  const own = phone.address().port;
  phone.send(fromV6(phoneRequest("REGISTER", "UDP", "six"), own), port, "::1");
  const accepted = await text(phone);
  expect(accepted).toMatch(/^SIP\/2.0 200 /);
  expect(accepted).toContain(`Via: SIP/2.0/UDP [::1]:${own};`);
  expect(accepted).toContain(`Contact: <sip:1001@[::1]:${own}>`);
  expect(world.atPbx[0]).not.toContain("::1");

  const body = sdp(6, "::1", rtpPhone.address().port);
  const invite = fromV6(phoneRequest("OPTIONS", "UDP", "call"), own)
    .replaceAll("OPTIONS", "INVITE")
    .replace("sip:pbx.example.com SIP", "sip:600@[::1] SIP")
    .replace(
      "Content-Length: 0",
      `Contact: <sip:1001@[::1]:${own}>\r\nContent-Type: application/sdp\r\nContent-Length: ${body.length}`,
    );
  phone.send(invite + body, port, "::1");
  let answered = await text(phone);
  while (!answered.startsWith("SIP/2.0 200")) answered = await text(phone);
  const offered = world.atPbx.find((m) => m.startsWith("INVITE")) ?? "";
  expect(offered).toContain("c=IN IP4 127.0.0.1");
  expect(offered).not.toContain("::1");
  expect(answered).toContain("c=IN IP6 ::1");
  expect(answered).toContain(`Contact: <sip:600@[::1]:${port}>`);
  expect(answered).not.toContain("203.0.113.9");

  let sequence = 0;
  const heard = once(rtpPbx, "message");
  const talk = setInterval(() => rtpPhone.send(rtpPacket({ sequence: ++sequence }), audioPort(answered), "::1"), 20);
  cleanup.push(() => clearInterval(talk));
  expect(((await heard)[0] as Buffer).length).toBe(172);
  const back = once(rtpPhone, "message");
  const echo = setInterval(
    () => rtpPbx.send(rtpPacket({ sequence: ++sequence, ssrc: 7 }), audioPort(offered), "127.0.0.1"),
    20,
  );
  cleanup.push(() => clearInterval(echo));
  expect(((await back)[0] as Buffer).length).toBe(172);
});

test("TCP and WebSocket phones over IPv6, and a PBX over IPv6 that writes its address in another way", async () => {
  const [tcpPort, wsPort] = [await freePort("::1"), await freePort("::1")];
  const listen = `{ transport: tcp, address: "::1", port: ${tcpPort} }, { transport: ws, address: "::1", port: ${wsPort} }`;
  const world = await edgeOnSockets({ listen, host: "0:0:0:0:0:0:0:1" }, cleanup);
  const stream = connect(tcpPort, "::1");
  cleanup.push(() => stream.destroy());
  stream.write(fromV6(phoneRequest("REGISTER", "TCP", "t"), 5060, "TCP"));
  const [bytes] = (await once(stream, "data")) as [Buffer];
  expect(bytes.toString()).toMatch(/^SIP\/2.0 200 /);
  expect(world.atPbx[0]).toContain("Via: SIP/2.0/UDP [::1]:");
  const client = new WebSocket(`ws://[::1]:${wsPort}`, ["sip"]);
  cleanup.push(() => client.terminate());
  await once(client, "open");
  client.send(phoneRequest("REGISTER", "WS", "w").replaceAll("1001", "1002"));
  const [answer] = await once(client, "message");
  expect(String(answer)).toMatch(/^SIP\/2.0 200 /);
  expect(world.edge.status()).toMatchObject({ registrations: 2, pbx: { reachable: true } });
});
