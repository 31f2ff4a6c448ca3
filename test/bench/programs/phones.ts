/** See load/phones.ts: phones that register and answer OPTIONS, and a PBX that says yes to every REGISTER for an hour. */
import { createSocket } from "node:dgram";
import { connect } from "node:net";
import { connect as secure } from "node:tls";
import { answering } from "../load/child.ts";
import type { PhonesQuestion, Place, Registered } from "../load/phones.ts";

/** Phones are spread over so many addresses of loopback, for limits by source are in force. */
const ADDRESSES = 50;
const DOMAIN = "bench.example.com";

interface Phone {
  readonly user: string;
  readonly contact: string;
  readonly callId: string;
  readonly protocol: string;
  readonly local: Place;
  cseq: number;
  answered: number;
  unasked: number;
  send(text: string): void;
}

const groups = new Map<string, Phone[]>();
let users = 0;

/** The header lines of a message that an answer to it repeats. */
function repeated(text: string): string {
  const names = ["via:", "from:", "to:", "call-id:", "cseq:"];
  return text
    .split("\r\n")
    .filter((line) => names.some((name) => line.toLowerCase().startsWith(name)))
    .map((line) => (line.toLowerCase().startsWith("to:") && !line.includes("tag=") ? `${line};tag=bench` : line))
    .join("\r\n");
}

async function servePbx(at: Place): Promise<void> {
  const socket = createSocket({ type: "udp4", recvBufferSize: 4_000_000 });
  socket.on("message", (bytes, from) => {
    const text = bytes.toString("latin1");
    if (!text.startsWith("REGISTER") && !text.startsWith("OPTIONS")) return;
    const contact = text.split("\r\n").find((line) => line.toLowerCase().startsWith("contact:"));
    const granted = contact === undefined ? "" : `${contact.split(";expires=")[0]};expires=3600\r\n`;
    socket.send(`SIP/2.0 200 OK\r\n${repeated(text)}\r\n${granted}Content-Length: 0\r\n\r\n`, from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(at.port, at.address, resolve));
}

function onText(phone: Phone, text: string): void {
  if (text.startsWith("SIP/2.0 200")) phone.answered++;
  else if (!text.startsWith("SIP/2.0 ")) phone.unasked++;
  if (text.startsWith("OPTIONS")) phone.send(`SIP/2.0 200 OK\r\n${repeated(text)}\r\nContent-Length: 0\r\n\r\n`);
}

function newPhone(transport: "udp" | "tls", local: Place, nat: boolean, send: Phone["send"]): Phone {
  const user = `u${users++}`;
  const host = nat ? `192.168.${users & 255}.${(users >> 8) & 255}:5060` : `${local.address}:${local.port}`;
  const contact = `<sip:${user}@${host};transport=${transport};ob>`;
  const callId = `${user}-5f3c9a7be2d14860`;
  return { user, contact, callId, protocol: transport.toUpperCase(), local, cseq: 0, answered: 0, unasked: 0, send };
}

async function overUdp(place: number, to: Place, nat: boolean): Promise<Phone> {
  const socket = createSocket({
    type: "udp4",
    lookup: ((host: string, _o: object, done: Found) => done(null, host, 4)) as never,
  });
  const address = `127.0.1.${1 + (place % ADDRESSES)}`;
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  const send = (text: string): void => socket.send(text, to.port, to.address);
  const phone = newPhone("udp", { address, port: socket.address().port }, nat, send);
  socket.on("message", (bytes) => onText(phone, bytes.toString("latin1")));
  return phone;
}

type Found = (error: null, address: string, family: number) => void;

async function overTls(place: number, to: Place, nat: boolean): Promise<Phone> {
  const localAddress = `127.0.1.${1 + (place % ADDRESSES)}`;
  const socket = secure({
    socket: connect({ host: to.address, port: to.port, localAddress }),
    rejectUnauthorized: false,
    servername: DOMAIN,
  });
  await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
  // What it writes into its Via: any port but 0, which none can be.
  const local = { address: localAddress, port: 10_000 + place };
  const phone = newPhone("tls", local, nat, (text) => void socket.write(text));
  socket.on("data", (bytes) => onText(phone, bytes.toString("latin1")));
  socket.on("error", () => {});
  // At once, as a phone does: who is connected and says nothing for eight seconds is cut.
  register(phone);
  return phone;
}

/** As long as one of a desk phone. */
function register(phone: Phone): void {
  const { user, contact, callId, local, protocol } = phone;
  const number = ++phone.cseq;
  phone.send(
    [
      `REGISTER sip:${DOMAIN} SIP/2.0`,
      `Via: SIP/2.0/${protocol} ${local.address}:${local.port};branch=z9hG4bK${user}x${number};rport`,
      "Max-Forwards: 70",
      `From: <sip:${user}@${DOMAIN}>;tag=${user}`,
      `To: <sip:${user}@${DOMAIN}>`,
      `Call-ID: ${callId}`,
      `CSeq: ${number} REGISTER`,
      `Contact: ${contact}`,
      "Expires: 3600",
      "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, REFER, NOTIFY, MESSAGE, SUBSCRIBE",
      "User-Agent: Desk phone 4.2.1",
      "Content-Length: 0",
      "\r\n",
    ].join("\r\n"),
  );
}

async function registerAll(phones: readonly Phone[], rounds: number, perSecond: number): Promise<Registered> {
  const before = phones.reduce((sum, phone) => sum + phone.answered, 0);
  const count = phones.length * rounds;
  const began = performance.now();
  for (let sent = 0; sent < count; ) {
    const due = Math.min(count, Math.ceil(((performance.now() - began) / 1000) * perSecond));
    for (; sent < due; sent++) {
      const phone = phones[sent % phones.length];
      if (phone !== undefined) register(phone);
    }
    await pause(5);
  }
  await pause(1_000);
  return { sent: count, answered: phones.reduce((sum, phone) => sum + phone.answered, 0) - before };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

answering<PhonesQuestion>(async (question) => {
  switch (question.kind) {
    case "pbx":
      return servePbx(question.at);
    case "add": {
      const group = groups.get(question.group) ?? [];
      groups.set(question.group, group);
      const open = question.transport === "udp" ? overUdp : overTls;
      for (let place = 0; place < question.phones; place++) group.push(await open(place, question.to, question.nat));
      return;
    }
    case "register":
      return registerAll(groups.get(question.group) ?? [], question.rounds, question.perSecond);
    case "kept-alive":
      return groups.get(question.group)?.filter((phone) => phone.unasked > 0).length ?? 0;
  }
});
