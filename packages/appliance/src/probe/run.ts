/** A probe from its first door to its last question: one target, a bounded rate, and nothing that rings a phone. */
import { randomBytes } from "node:crypto";
import {
  type Answer,
  type Asker,
  type Door,
  type DoorKind,
  type Exchange,
  type ProbeFacts,
  questions,
} from "@ringfence/grade";
import { lookAtTls, takesWebSocket } from "../io/probe-doors.ts";
import { type Elsewhere, openElsewhere, ownAddressTowards } from "../io/probe-elsewhere.ts";
import { type HeardAnswer, openLine, type ProbeLine } from "../io/probe-line.ts";
import { type CallParties, seeCalls } from "./test-calls.ts";

export interface ProbeTarget {
  /** As it was asked for: what a certificate must stand for. */
  readonly name: string;
  readonly address: string;
  readonly domain: string;
  readonly ports: Readonly<Record<DoorKind, readonly number[]>>;
  /** Accounts that are there, to be compared with names that are not. */
  readonly accounts: readonly string[];
  /** Who talks to whom in a call of our own; undefined: there is none. */
  readonly call: { readonly parties: CallParties; readonly from: string | undefined } | undefined;
}

/** At most ten requests a second. */
const pace = 100;
const patience = 1_500;
/** What carries requests best comes first: over UDP one sees the most. */
const carriers = ["udp", "tcp", "tls"] as const;

/** @param say told of each step, for whoever waits */
export async function runProbe(target: ProbeTarget, say: (step: string) => void): Promise<ProbeFacts> {
  const doors = await lookAtDoors(target, say);
  const door = carriers.flatMap((kind) => doors.filter((one) => one.open && one.kind === kind)).at(0);
  // Before anything that could get us banned.
  const call = await callsOf(target, doors, say);
  const elsewhere = await openElsewhere(target.address);
  try {
    const line = door === undefined ? undefined : await lineTo(target, door);
    if (door === undefined || line === undefined)
      return factsOf({ target, doors, over: undefined, exchanges: [], elsewhere, ours: [], call });
    const asker: Asker = {
      domain: target.domain,
      local: line.local,
      transport: door.kind === "udp" ? "UDP" : door.kind === "tcp" ? "TCP" : "TLS",
      elsewhere: elsewhere.place,
      word: () => randomBytes(8).toString("hex"),
    };
    const exchanges = await askAll(asker, target, door, line, say);
    return factsOf({ target, doors, over: door.kind, exchanges, elsewhere, ours: [line.local.address], call });
  } finally {
    elsewhere.close();
  }
}

async function askAll(
  asker: Asker,
  target: ProbeTarget,
  door: Door,
  first: ProbeLine,
  say: (step: string) => void,
): Promise<readonly Exchange[]> {
  const exchanges: Exchange[] = [];
  let line: ProbeLine | undefined = first;
  let step = "";
  for (const { id, method, bytes } of questions(asker, target.accounts)) {
    if (id !== step) say(`asking: ${id}`);
    step = id;
    const answers: readonly HeardAnswer[] = line === undefined ? [] : await line.ask(bytes, patience);
    exchanges.push({
      question: id,
      method,
      sent: bytes.length,
      answers: answers.map(plain),
      milliseconds: answers[0]?.milliseconds,
    });
    // A connection that was closed on us is opened once more: the next question is another one's.
    if (answers.length === 0 && door.kind !== "udp") {
      line?.close();
      line = await lineTo(target, door);
    }
    await new Promise((resolve) => setTimeout(resolve, pace));
  }
  line?.close();
  return exchanges;
}

function plain({ response, size }: HeardAnswer): Answer {
  return { status: response.status, size, headers: [...response.headers].map(({ name, value }) => ({ name, value })) };
}

function lineTo({ address, name }: ProbeTarget, { kind, port }: Door): Promise<ProbeLine | undefined> {
  return openLine(kind as (typeof carriers)[number], { address, port }, name);
}

async function lookAtDoors(target: ProbeTarget, say: (step: string) => void): Promise<readonly Door[]> {
  const doors: Door[] = [];
  for (const kind of [...carriers, "ws", "wss"] as const) {
    for (const port of target.ports[kind]) {
      say(`looking at ${kind} ${port}`);
      doors.push(await lookAt(target, kind, port));
    }
  }
  return doors;
}

async function lookAt(target: ProbeTarget, kind: DoorKind, port: number): Promise<Door> {
  const { name, address, domain } = target;
  const place = { address, port };
  if (kind === "tls" || kind === "wss") {
    const seen = await lookAtTls(place, name);
    const tls = seen && { ...seen, alsoClear: kind === "tls" && (await speaksClear(target, port)) };
    const open =
      tls !== undefined && (kind === "tls" || (await takesWebSocket(true, place, name, `https://${domain}`)));
    return { kind, port, open, tls: open ? tls : undefined };
  }
  if (kind === "ws")
    return { kind, port, open: await takesWebSocket(false, place, name, `http://${domain}`), tls: undefined };
  return { kind, port, open: await answers(target, kind, port), tls: undefined };
}

/** What a service says in clear where TLS is spoken: a phone could be talked out of it there. */
async function speaksClear(target: ProbeTarget, port: number): Promise<boolean> {
  const line = await openLine("tcp", { address: target.address, port }, target.name);
  return line !== undefined && (await hello(target, line, "TCP")).length > 0;
}

/** A datagram gets no connection: only an answer shows that somebody is there. Of TCP the connection is enough. */
async function answers(target: ProbeTarget, kind: "udp" | "tcp", port: number): Promise<boolean> {
  const line = await openLine(kind, { address: target.address, port }, target.name);
  if (line === undefined) return false;
  if (kind === "tcp") {
    line.close();
    return true;
  }
  return (await hello(target, line, "UDP")).length > 0;
}

/** One OPTIONS; a datagram may be lost. The line is closed after it. */
async function hello(
  { domain }: ProbeTarget,
  line: ProbeLine,
  transport: Asker["transport"],
): Promise<readonly HeardAnswer[]> {
  const { local } = line;
  const asker: Asker = { domain, local, transport, elsewhere: local, word: () => randomBytes(8).toString("hex") };
  const [first] = questions(asker, []);
  let heard: readonly HeardAnswer[] = [];
  for (let tries = 0; tries < 2 && heard.length === 0 && first !== undefined; tries++) {
    heard = await line.ask(first.bytes, patience);
  }
  line.close();
  return heard;
}

interface Seen extends Pick<ProbeFacts, "doors" | "over" | "exchanges" | "call"> {
  readonly target: ProbeTarget;
  readonly elsewhere: Elsewhere;
  readonly ours: readonly string[];
}

function factsOf({ target, elsewhere, ours, ...seen }: Seen): ProbeFacts {
  return { now: Date.now(), ...seen, relayed: elsewhere.heard, known: [target.address, ...ours] };
}

/** As a telephone would: encrypted where that is possible. */
async function callsOf(
  { call, name, address, domain }: ProbeTarget,
  doors: readonly Door[],
  say: (step: string) => void,
): Promise<ProbeFacts["call"]> {
  const door = carriers.toReversed().flatMap((kind) => doors.filter((one) => one.open && one.kind === kind))[0];
  if (call === undefined || door === undefined) return undefined;
  say("placing two calls");
  const transport = door.kind as (typeof carriers)[number];
  // What the certificate is worth is another question's.
  const server = { address, port: door.port, transport, trust: "any", name } as const;
  return seeCalls({ server, domain, ...call.parties }, call.from ?? (await ownAddressTowards(address)));
}
