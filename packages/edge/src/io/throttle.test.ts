/** Threat L12: the kernel leaves out what a flow sends beyond what is read of it (native/flow-filter.h). */
import { afterEach, expect, test } from "vitest";
import { freePort } from "../../../../test/support/free-port.ts";
import { UdpHost } from "../../../../test/support/udp-host.ts";
import type { Endpoint } from "../flow.ts";
import type { Receiver } from "./listener.ts";
import { datagramsAddon, openNativeUdp } from "./native-udp.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function scene(address: string) {
  const native = datagramsAddon();
  if (!native.ok) throw new Error(native.why);
  const heard: string[] = [];
  const receiver = {
    nativeGate: () => undefined,
    own: () => ({ mark: new Uint8Array(0), takes: () => false }),
    admit: (endpoint: Endpoint, packetSource: object) => ({ endpoint, packetSource }),
    message: (_flow: unknown, bytes: Uint8Array) => void heard.push(Buffer.from(bytes).toString()),
  } as unknown as Receiver;
  const local = { address, port: await freePort(address) };
  const endpoint: Endpoint = { id: "udp", role: "access", transport: "udp", local, advertised: local };
  const listener = openNativeUdp(endpoint, receiver, native.addon);
  closing.push(() => listener.close());
  const party = async () => {
    const host = await UdpHost.open(address);
    closing.push(() => host.close());
    return { port: host.port, send: (text: string) => host.send(Buffer.from(text), local.port, address) };
  };
  return { heard, listener, phone: await party(), other: await party() };
}

const begins = ["REGISTER", "REFER", "OPTIONS", "MESSAGE", "SUBSCRIBE", "PUBLISH"];
const goesOn = ["INVITE", "ACK", "BYE", "CANCEL", "SIP/2.0", "PRACK", "UPDATE", "NOTIFY", "INFO"];

test.each(["127.0.0.1", "::1"])(
  "of a flow at %s that is held back what goes on is heard, and all of others",
  async (address) => {
    const { heard, listener, phone, other } = await scene(address);
    const held = { address, port: phone.port };
    const crowd = Array.from({ length: 100 }, (_v, port) => ({ address, port: port + 1 }));
    listener.throttle?.([...crowd, held], 0);
    for (const text of [...begins, ...goesOn]) await phone.send(text);
    await other.send("OPTIONS of another");
    await expect.poll(() => heard.at(-1)).toBe("OPTIONS of another");
    expect(heard).toEqual([...goesOn, "OPTIONS of another"]);
    listener.throttle?.([held], 1);
    await phone.send("OPTIONS by lot");
    listener.throttle?.([], 1);
    listener.throttle?.([], 1);
    await phone.send("OPTIONS again");
    await expect.poll(() => heard.slice(-2)).toEqual(["OPTIONS by lot", "OPTIONS again"]);
  },
);
