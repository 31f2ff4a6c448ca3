import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "@ringfence/policy";
import { afterAll, expect, test } from "vitest";
import { countryDatabase } from "../../../test/support/country-database.ts";
import { readCountryFile } from "./country-file.ts";

const dir = mkdtempSync(join(tmpdir(), "ringfence-geoip-"));
afterAll(() => rmSync(dir, { recursive: true }));

const named = (geoipFile: string | undefined) => ({ policy: { geoipFile } }) as Config;

test("an address is in the country that the file says, or nowhere", () => {
  writeFileSync(join(dir, "countries.mmdb"), countryDatabase({ "192.0": "DE", "203.0.113": "FR" }));
  const file = readCountryFile(named("countries.mmdb"), dir);
  const of = ["192.0.2.10", "203.0.113.7", "203.0.114.7", "10.0.0.1", "2001:db8::1", "no address"];
  expect(of.map((address) => file?.countryOf(address))).toEqual(["DE", "FR", ...Array(4).fill(undefined)]);
  expect(readCountryFile(named(undefined), dir)).toBeUndefined();
});

test.each(["missing.mmdb", "text.mmdb", "cut.mmdb"])("%s is refused with the key that names it", (name) => {
  writeFileSync(join(dir, "text.mmdb"), "no database");
  writeFileSync(join(dir, "cut.mmdb"), countryDatabase({ "192.0": "DE" }).subarray(0, 60));
  expect(() => readCountryFile(named(name), dir)).toThrow(`policy.geoip: ${name} is not there, or is no such file`);
});

test("whatever the octets of the file are, an address has a country or none", () => {
  const good = countryDatabase({ "192.0": "DE" });
  for (let at = 0; at < good.length; at++) {
    const bad = Buffer.from(good);
    bad[at] = (bad[at] ?? 0) ^ 0xff;
    writeFileSync(join(dir, "bad.mmdb"), bad);
    let found: string | undefined;
    try {
      found = readCountryFile(named("bad.mmdb"), dir)?.countryOf("192.0.2.10");
    } catch (error) {
      expect(error).toMatchObject({ code: "geoip-unreadable" });
    }
    expect(found?.length ?? 2).toBe(2);
  }
});
