/** What a UDP socket of the edge does, whoever it is: that of Node.js, and the native one with the gate before it. */
import { Gate, type GateVerdict, gateVerdict, nativeGate } from "@ringfence/dgram-rate-limiter";
import { RingfenceError } from "@ringfence/policy";
import { afterEach, describe, expect, test } from "vitest";
import { freePort } from "../../../../test/support/free-port.ts";
import { UdpHost } from "../../../../test/support/udp-host.ts";
import { datagramFlow, type Endpoint, type HostPort } from "../flow.ts";
import type { Receiver } from "./listener.ts";
import { datagramsAddon, openNativeUdp } from "./native-udp.ts";
import { openUdp } from "./udp.ts";
import type { UdpListener } from "./udp-listener.ts";

type Open = (endpoint: Endpoint, receiver: Receiver) => Promise<UdpListener> | UdpListener;

const native = datagramsAddon();
const openers: [string, Open][] = [["Node.js", openUdp]];
if (native.ok) openers.push(["native code", (endpoint, receiver) => openNativeUdp(endpoint, receiver, native.addon)]);

const mark = Buffer.from("Q what only we know");

interface Heard extends HostPort {
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** An edge that remembers what it heard. `spares`: whom it reads although the gate refused him. */
class Ear {
  readonly heard: Heard[] = [];
  readonly refused: GateVerdict[] = [];
  /** Datagrams that we sent to ourselves. */
  own = 0;
  readonly gate = new Gate({ seed: 1, packetsPerSecond: 100, burst: 1_000 });
  spares: (verdict: GateVerdict, text: string) => boolean = () => false;
  onMessage: (heard: Heard) => void = () => {};
  readonly #native = nativeGate(this.gate);
  readonly #waiting: { readonly count: number; readonly go: () => void }[] = [];

  readonly receiver: Receiver = {
    gate: (endpoint, remote, bytes) => {
      const verdict = this.gate.admit(performance.now(), remote.address, bytes.length, bytes[0] ?? -1);
      return verdict === gateVerdict.pass || this.receiver.judged(endpoint, remote, bytes, verdict);
    },
    judged: (_endpoint, _remote, bytes, verdict) => {
      if (this.spares(verdict, Buffer.from(bytes).toString())) return true;
      this.refused.push(verdict);
      return false;
    },
    nativeGate: () => this.#native,
    own: () => ({
      mark,
      takes: (bytes) => Buffer.from(bytes).subarray(0, mark.length).equals(mark) && ++this.own > 0,
    }),
    admit: (endpoint, remote) => datagramFlow(endpoint, remote, "phone"),
    message: ({ packetSource }, bytes, lent) => {
      const kept = lent ? Buffer.from(bytes) : bytes;
      const heard = { ...packetSource, bytes: kept, text: Buffer.from(bytes).toString() };
      this.heard.push(heard);
      this.onMessage(heard);
      for (const { count, go } of this.#waiting) if (this.heard.length >= count) go();
      return true;
    },
    trouble: (_endpoint, _level, detail) => expect.unreachable(detail),
  } satisfies Partial<Receiver> as unknown as Receiver;

  /** Resolves when so many datagrams were heard. */
  until(count: number): Promise<void> {
    if (this.heard.length >= count) return Promise.resolve();
    return new Promise((go) => this.#waiting.push({ count, go }));
  }
}

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function endpointAt(address: string): Promise<Endpoint> {
  const local = { address, port: await freePort(address) };
  return { id: `udp:${local.port}`, role: "access", transport: "udp", local, advertised: local };
}

async function host(address: string): Promise<UdpHost> {
  const opened = await UdpHost.open(address);
  closing.push(() => opened.close());
  return opened;
}

async function scene(open: Open, address = "127.0.0.1") {
  const ear = new Ear();
  const endpoint = await endpointAt(address);
  const listener = await open(endpoint, ear.receiver);
  // Twice is once too often for Node.js.
  closing.push(() => listener.close().catch(() => {}));
  const phone = await host(address);
  const send = (text: string): Promise<void> => phone.send(Buffer.from(text), endpoint.local.port, address);
  const reply = (to: HostPort, bytes: string | Uint8Array): void =>
    listener.send(datagramFlow(endpoint, to, "phone"), Buffer.from(bytes));
  return { ear, endpoint, listener, phone, send, reply };
}

describe.each(openers)("a UDP socket of %s", (_, open) => {
  test.each(["127.0.0.1", "::1"])("hears who is at %s, and what is sent goes back there in order", async (address) => {
    const { ear, phone, send, reply } = await scene(open, address);
    ear.onMessage = (heard) => {
      for (let i = 0; i < 3; i++) reply(heard, `${heard.text}.${i}`);
    };
    const expected: string[] = [];
    for (let i = 0; i < 30; i++) {
      await send(`INVITE ${i}`);
      for (let n = 0; n < 3; n++) expected.push(`INVITE ${i}.${n}`);
    }
    const answers = await Promise.all(expected.map(() => phone.next()));
    expect(answers.map(({ bytes }) => bytes.toString())).toEqual(expected);
    expect(ear.heard.every((heard) => heard.address === address && heard.port === phone.port)).toBe(true);
  });

  test("what was heard stays as it was when more comes", async () => {
    const { ear, send } = await scene(open);
    for (let i = 0; i < 90; i++) await send(`R${String(i).repeat(40)}`);
    await ear.until(90);
    expect(ear.heard.every(({ bytes, text }) => Buffer.from(bytes).toString() === text)).toBe(true);
    expect(ear.heard.map(({ text }) => text)).toEqual(
      Array.from({ length: 90 }, (_v, i) => `R${String(i).repeat(40)}`),
    );
  });

  test("what the gate refuses is not heard, and what the edge spares is", async () => {
    const { ear, send } = await scene(open);
    ear.gate.ban(performance.now(), "127.0.0.1", 60_000);
    ear.spares = (verdict, text) => verdict === gateVerdict.banned && text === "INVITE help";
    await send("INVITE none");
    await send("\0");
    await send("");
    await send(`${mark}1`);
    await send("INVITE help");
    await ear.until(1);
    expect(ear.own).toBe(1);
    expect(ear.heard.map(({ text }) => text)).toEqual(["INVITE help"]);
    ear.gate.unban("127.0.0.1");
    await send("INVITE again");
    await ear.until(2);
    expect(ear.heard.at(-1)?.text).toBe("INVITE again");
  });

  test("the largest datagram comes and goes; what cannot be sent holds up nothing", async () => {
    const { ear, phone, send, reply } = await scene(open);
    const most = "R".repeat(65_507);
    await send(most);
    await ear.until(1);
    expect(ear.heard[0]?.text).toBe(most);
    const { address, port } = phone;
    reply({ address, port: 0 }, "to nowhere");
    reply({ address, port: await freePort() }, "to nobody");
    reply({ address: "2001:db8::1", port }, "to another family");
    reply({ address, port }, Buffer.alloc(65_508));
    reply({ address, port }, Buffer.alloc(70_000));
    reply({ address, port }, most);
    reply({ address, port }, "last");
    expect((await phone.next()).bytes.toString()).toBe(most);
    expect((await phone.next()).bytes.toString()).toBe("last");
    // What the kernel says of nobody's port must not end the socket.
    await send("INVITE after");
    await ear.until(2);
  });

  test("more than the kernel holds at once leaves what else the loop has to do its turn", async () => {
    const { ear, phone, endpoint } = await scene(open);
    let heardFirst = 0;
    ear.onMessage = () => {
      if (ear.heard.length === 1) setImmediate(() => (heardFirst = ear.heard.length));
    };
    const sent = 900;
    await Promise.all(
      Array.from({ length: sent }, () => phone.send(Buffer.from("INVITE"), endpoint.local.port, "127.0.0.1")),
    );
    await ear.until(sent);
    expect(heardFirst).toBeGreaterThan(0);
    expect(heardFirst).toBeLessThan(sent);
  });

  test("one address, one socket: who comes second is told, and whose is no address of this machine", async () => {
    const { ear, endpoint } = await scene(open);
    const refused = async (one: Endpoint): Promise<unknown> => {
      try {
        return await open(one, ear.receiver);
      } catch (error) {
        return error instanceof RingfenceError ? error.code : error;
      }
    };
    expect(await refused(endpoint)).toBe("address-in-use");
    expect(await refused({ ...endpoint, local: { address: "192.0.2.1", port: 5060 } })).toBe("address-not-here");
  });

  test("closed, it hears nothing more, and its port is free", async () => {
    const { ear, endpoint, listener, phone, send, reply } = await scene(open);
    reply(phone, "BYE");
    expect((await phone.next()).bytes.toString()).toBe("BYE");
    await listener.close();
    await send("INVITE late");
    const again = await open(endpoint, ear.receiver);
    closing.push(() => again.close());
    await send("INVITE new");
    await ear.until(1);
    expect(ear.heard.map(({ text }) => text)).toEqual(["INVITE new"]);
  });

  test("closed by what it heard, it says nothing of what had come with it", async () => {
    const { ear, endpoint, listener, phone } = await scene(open);
    const closed = new Promise<void>((done) => {
      ear.onMessage = () => void listener.close().then(done);
    });
    await Promise.all([1, 2, 3].map(() => phone.send(Buffer.from("INVITE"), endpoint.local.port, "127.0.0.1")));
    await closed;
    expect(ear.heard).toHaveLength(1);
  });
});
