import { compile, loadConfig } from "@ringfence/policy";
import { expect, test } from "vitest";
import { CarrierFinder } from "./carrier-finder.ts";
import { layOut } from "./layout.ts";

async function laidOut(core: string): Promise<readonly string[]> {
  const loaded = loadConfig(`
pbx: { address: "127.0.0.1:5060" }
phones: { domains: [pbx.example.com], listen: [{ transport: udp, address: 127.0.0.1, port: 5999 }] }
trunks: [{ name: a, hosts: [{ uri: "sip:192.0.2.1" }] }]
core: { ${core} }`);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const finder = new CarrierFinder(
    async () => ({ type: "failed", ttlMs: 0 }),
    () => 0,
  );
  const { endpoints } = await layOut(loaded.config, compile(loaded.config), finder, {});
  return endpoints.filter(({ role }) => role.startsWith("core-")).map(({ id }) => id);
}

test("without a word in the file phones and trunks have a socket each towards the PBX", async () => {
  expect(await laidOut("")).toEqual(["core-phones:udp:127.0.0.1:5070", "core-trunks:udp:127.0.0.1:5080"]);
});

test("threat L7: one that is written and is the other's default is refused when the address is known", async () => {
  await expect(laidOut('phones_from: "127.0.0.1:5080"')).rejects.toMatchObject({ code: "core-addresses-equal" });
  await expect(laidOut('trunks_from: "127.0.0.1:5070"')).rejects.toMatchObject({ code: "core-addresses-equal" });
});
