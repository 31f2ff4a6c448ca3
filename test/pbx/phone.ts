import { createHash, randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Listen } from "./transport.ts";

/** A scripted phone for the stand-in's own tests: sends text, receives text, and knows nothing of the stand-in's parser. */

export interface Phone {
  readonly port: number;
  /** host:port of its Contact. */
  readonly host: string;
  /** Sends one message; Content-Length is added, lines end with CRLF whatever the text says. */
  send(head: string, body?: string): void;
  /** The next message whose first line contains `start` (and which passes `also`); others stay queued. */
  next(start: string, also?: (text: string) => boolean): Promise<string>;
  /** Messages queued now. */
  readonly queued: readonly string[];
  readonly closed: Promise<void>;
  /** UDP only: sends to another place from now on. */
  aim(to: Listen): void;
  close(): void;
}

interface Waiter {
  readonly wants: (text: string) => boolean;
  readonly resolve: (text: string) => void;
}

interface Wire {
  readonly port: number;
  readonly closed: Promise<void>;
  write(text: string): void;
  aim(to: Listen): void;
  close(): void;
}

type Deliver = (text: string) => void;

const loopback = "127.0.0.1";

function openUdp(first: Listen, deliver: Deliver): Promise<Wire> {
  let to = first;
  const socket = createSocket("udp4");
  socket.on("message", (bytes) => deliver(bytes.toString("latin1")));
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  return new Promise((resolve) => {
    socket.bind(0, loopback, () =>
      resolve({
        port: socket.address().port,
        closed,
        aim: (next) => {
          to = next;
        },
        write: (text) => socket.send(Buffer.from(text, "latin1"), to.port, to.address),
        close: () => socket.close(),
      }),
    );
  });
}

function openStream(to: Listen, deliver: Deliver): Promise<Wire> {
  const target = { host: to.address, port: to.port };
  const socket = to.transport === "tls" ? connectTls({ ...target, rejectUnauthorized: false }) : connectTcp(target);
  let pending = "";
  socket.on("data", (chunk: Buffer) => {
    pending += chunk.toString("latin1");
    for (let end = messageEnd(pending); end > 0; end = messageEnd(pending)) {
      deliver(pending.slice(0, end));
      pending = pending.slice(end);
    }
  });
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  return new Promise((resolve) => {
    socket.once(to.transport === "tls" ? "secureConnect" : "connect", () =>
      resolve({
        port: socket.localPort ?? 0,
        closed,
        aim: () => {},
        write: (text) => socket.write(Buffer.from(text, "latin1")),
        close: () => socket.destroy(),
      }),
    );
  });
}

function messageEnd(text: string): number {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return 0;
  const end = head + 4 + Number(field(text, "Content-Length") ?? "0");
  return text.length >= end ? end : 0;
}

export async function openPhone(to: Listen): Promise<Phone> {
  const queued: string[] = [];
  const waiting: Waiter[] = [];
  const deliver = (text: string) => {
    const index = waiting.findIndex((w) => w.wants(text));
    if (index < 0) queued.push(text);
    else waiting.splice(index, 1)[0]?.resolve(text);
  };
  const wire = await (to.transport === "udp" ? openUdp(to, deliver) : openStream(to, deliver));
  return {
    port: wire.port,
    host: `${loopback}:${wire.port}`,
    queued,
    closed: wire.closed,
    send: (head, body = "") => {
      const lines = head.split("\n").map((line) => line.trim());
      wire.write(`${[...lines, `Content-Length: ${body.length}`].join("\r\n")}\r\n\r\n${body}`);
    },
    next: (start, also = () => true) => {
      const wants = (text: string) => (text.split("\r\n")[0] ?? "").includes(start) && also(text);
      const index = queued.findIndex(wants);
      const found = index < 0 ? undefined : queued.splice(index, 1)[0];
      if (found !== undefined) return Promise.resolve(found);
      return new Promise((resolve) => waiting.push({ wants, resolve }));
    },
    aim: (next) => wire.aim(next),
    close: () => wire.close(),
  };
}

/** First header of that name, its value as written. */
export const field = (text: string, name: string): string | undefined => fields(text, name)[0];

export function fields(text: string, name: string): string[] {
  const head = text.split("\r\n\r\n")[0] ?? "";
  const prefix = `${name.toLowerCase()}:`;
  return head
    .split("\r\n")
    .slice(1)
    .filter((line) => line.toLowerCase().startsWith(prefix))
    .map((line) => line.slice(prefix.length).trim());
}

export const bodyOf = (text: string): string => text.slice(text.indexOf("\r\n\r\n") + 4);

export const newBranch = (): string => `z9hG4bK${randomBytes(6).toString("hex")}`;
export const newId = (): string => randomBytes(6).toString("hex");

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

/** A value between `name="` and `"` in a challenge. */
export const quoted = (text: string, name: string): string => text.split(`${name}="`)[1]?.split('"')[0] ?? "";

/** Answers a challenge in the way of RFC 2069. */
export function authorization(challenge: string, user: string, password: string, method: string, uri: string): string {
  const realm = quoted(challenge, "realm");
  const nonce = quoted(challenge, "nonce");
  const response = md5(`${md5(`${user}:${realm}:${password}`)}:${nonce}:${md5(`${method}:${uri}`)}`);
  return `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=MD5`;
}

/** A response to a request that the phone received. */
export function answerTo(request: string, status: string, extra: readonly string[] = [], tag = "phonetag"): string {
  const to = field(request, "To") ?? "";
  return [
    `SIP/2.0 ${status}`,
    ...fields(request, "Via").map((via) => `Via: ${via}`),
    `From: ${field(request, "From")}`,
    `To: ${to.includes(";tag=") ? to : `${to};tag=${tag}`}`,
    `Call-ID: ${field(request, "Call-ID")}`,
    `CSeq: ${field(request, "CSeq")}`,
    ...extra,
  ].join("\n");
}
