import { compile, loadConfig } from "@ringfence/policy";
import { expect, test } from "vitest";
import { CarrierFinder } from "./carrier-finder.ts";
import { layOut } from "./layout.ts";

/** DNS that answers nothing. */
function nowhere(): CarrierFinder {
  return new CarrierFinder(
    async () => ({ type: "failed", ttlMs: 0 }),
    () => 0,
  );
}

async function laidOut(core: string): Promise<readonly string[]> {
  const loaded = loadConfig(`
pbx: { address: "127.0.0.1:5060" }
phones: { domains: [pbx.example.com], listen: [{ transport: udp, address: 127.0.0.1, port: 5999 }] }
trunks: [{ name: a, hosts: [{ uri: "sip:192.0.2.1" }] }]
core: { ${core} }`);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const { endpoints } = await layOut(loaded.config, compile(loaded.config), nowhere(), {});
  return endpoints.filter(({ role }) => role.startsWith("core-")).map(({ id }) => id);
}

test("without a word in the file phones and trunks have a socket each towards the PBX", async () => {
  expect(await laidOut("")).toEqual(["core-phones:udp:127.0.0.1:5070", "core-trunks:udp:127.0.0.1:5080"]);
});

test("threat L7: one that is written and is the other's default is refused when the address is known", async () => {
  await expect(laidOut('phones_from: "127.0.0.1:5080"')).rejects.toMatchObject({ code: "core-addresses-equal" });
  await expect(laidOut('trunks_from: "127.0.0.1:5070"')).rejects.toMatchObject({ code: "core-addresses-equal" });
});

const interfaces = new Map([["wg0", ["10.9.0.2"]]]);

async function withTunnel(from?: typeof interfaces) {
  const loaded = loadConfig(
    `
pbx: { address: "127.0.0.1:5060" }
phones:
  domains: [pbx.example.com]
  public_address: 203.0.113.10
  listen: [{ transport: udp, address: 127.0.0.1, port: 5999 }]
core: { phones_from: "127.0.0.1:5070", trunks_from: "127.0.0.1:5080" }
trunks:
  - { name: tunnel, hosts: [{ uri: "sip:10.9.0.1;transport=udp" }], interface: wg0 }
  - { name: other, hosts: [{ uri: "sip:192.0.2.1" }], listen: [{ transport: udp, address: 127.0.0.2, port: 5090 }] }`,
    from,
  );
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return layOut(loaded.config, compile(loaded.config), nowhere(), {});
}

test("a trunk on an interface has the sockets of that interface, which show their own address and not the public one", async () => {
  const { endpoints, trunks } = await withTunnel(interfaces);
  expect(trunks[0]?.listeners).toEqual(["trunks:udp:10.9.0.2:5060", "trunks:tcp:10.9.0.2:5060"]);
  const shown = endpoints.filter(({ role }) => role === "trunks").map(({ advertised }) => advertised.address);
  expect(shown).toEqual(["10.9.0.2", "10.9.0.2", "203.0.113.10"]);
});

test("one whose interface nobody asked the machine for never falls back to the phones' sockets", async () => {
  await expect(withTunnel()).rejects.toThrow("interface");
});
