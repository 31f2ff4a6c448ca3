import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MANIFEST, type Manifest, type ManifestFile } from "./manifest.ts";
import { pack } from "./pack.ts";
import { paddingOf, readTarHeader, tarHeader } from "./tar-header.ts";
import { nowhere, type Sink, unpack } from "./unpack.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-archive-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const texts: Readonly<Record<string, string>> = {
  "files/etc/ringfence/ringfence.yaml": "pbx: { address: 10.0.0.5 }\n",
  "files/etc/ringfence/secrets/a": "wvT7-qL2x",
  "state/state.db": "x".repeat(5_000),
  "state/history/index.json": "",
};

function fileOf(member: string, given: Partial<ManifestFile> = {}): ManifestFile {
  const text = texts[member] ?? "";
  const sha256 = createHash("sha256").update(text).digest("hex");
  const part = member.startsWith("state/") ? "state" : member.endsWith(".yaml") ? "config" : "named";
  const path = part === "state" ? member.slice("state/".length) : member.slice("files".length);
  return { member, part, path, size: text.length, mode: 0o640, owner: "root", group: "x", sha256, ...given };
}

const manifest = (given: Partial<Manifest> = {}): Manifest => ({
  ...{ format: 1, product: "0.1.0", made: "2026-11-23T06:00:00Z", reason: "by-hand", host: "sbc" },
  ...{ config: "/etc/ringfence/ringfence.yaml", stateDir: "/var/lib/ringfence", environment: [] },
  files: Object.keys(texts).map((member) => fileOf(member)),
  ...given,
});

function packed(given: Partial<Manifest> = {}): Buffer {
  for (const [index, text] of Object.values(texts).entries()) writeFileSync(join(dir, String(index)), text);
  const place = (member: string): string => join(dir, String(Object.keys(texts).indexOf(member)));
  return Buffer.concat([...pack(manifest(given), place)]);
}

/** A whole archive with this manifest, and members that say what the manifest says of them. */
function forged(given: Partial<Manifest>): Buffer {
  const whole = manifest(given);
  const text = Buffer.from(JSON.stringify(whole));
  const members = whole.files.flatMap(({ member }) => part(member, Buffer.from(texts[member] ?? "")));
  return Buffer.concat([...part(MANIFEST, text), ...members, Buffer.alloc(1_024)]);
}

function part(name: string, octets: Buffer): readonly Buffer[] {
  const header = Buffer.from(tarHeader({ name, size: octets.length, mode: 0o600, modified: 0 }));
  return [header, octets, Buffer.alloc(paddingOf(octets.length))];
}

async function read(archive: Buffer, room = archive.length): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  const into = (member: string): Sink => ({
    write(octets) {
      found[member] = (found[member] ?? "") + Buffer.from(octets).toString();
    },
    close: () => undefined,
  });
  // In pieces that fit nothing.
  const octets = Array.from({ length: Math.ceil(archive.length / 77) }, (_, i) =>
    archive.subarray(i * 77, i * 77 + 77),
  );
  await unpack({ octets, room, begin: () => (file) => into(file.member) });
  return found;
}

test("what is packed comes out as it was", async () => {
  const { "state/history/index.json": _empty, ...rest } = texts;
  expect(await read(packed())).toEqual(rest);
});

test("a manifest that leads elsewhere, or says more than there is, is refused before anything is taken", async () => {
  const config = fileOf("files/etc/ringfence/ringfence.yaml");
  const state = fileOf("state/state.db");
  const wrong: readonly (readonly [string, Partial<Manifest>])[] = [
    ["../state.db leads to another place", { files: [config, { ...state, path: "../state.db" }] }],
    ["/etc/passwd leads to another place", { files: [config, { ...state, path: "/etc/passwd" }] }],
    ["a/../../b leads to another place", { files: [config, { ...state, path: "a/../../b" }] }],
    ["leads to another place", { files: [config, fileOf("files/etc/ringfence/secrets/a", { path: "secrets/a" })] }],
    ["leads to another place", { files: [config, fileOf("files/etc/ringfence/secrets/a", { path: "/etc//shadow" })] }],
    ["has room for", { files: [config, { ...state, size: 8_000_000_000 }] }],
    ["manifest is not as it must be", { files: [config, { ...state, size: 8 ** 11 }] }],
    ["manifest is not as it must be", { files: [config, { ...state, mode: 0o4755 }] }],
    ["a file twice", { files: [config, state, state] }],
    ["a file twice", { files: [config, state, { ...state, member: "state/other" }] }],
    ["holds no configuration", { files: [state] }],
    ["does not say where its files belong", { stateDir: "state" }],
    ["does not say where its files belong", { files: [config], stateDir: "/var/../etc" }],
  ];
  for (const [why, given] of wrong) {
    const begin = (): never => {
      throw new Error("it was believed");
    };
    const archive = forged(given);
    await expect(unpack({ octets: [archive], room: 1_000_000, begin }), why).rejects.toThrow(why);
  }
  const archive = forged({});
  const later = Buffer.from(archive);
  later.set(
    later
      .subarray(512, 600)
      .toString()
      .replace('"format":1', '"format":2')
      .split("")
      .map((c) => c.charCodeAt(0)),
    512,
  );
  await expect(read(later)).rejects.toThrow("it has format 2");
});

test("what comes after the manifest is what it says, in its order, and nothing more", async () => {
  const whole = packed();
  const at = (member: string): number => whole.indexOf(member.padEnd(100, "\0"), 512, "latin1");
  const changed = (place: number, text: string): Buffer => {
    const copy = Buffer.from(whole);
    copy.write(text, place, "latin1");
    return copy;
  };
  const state = at("state/state.db");
  // The kind of the member: a link; its checksum made right again.
  const link = Buffer.from(whole);
  link.write("2", state + 156, "latin1");
  const sum = [...link.subarray(state, state + 512)].reduce((all, o, i) => all + (i >= 148 && i < 156 ? 32 : o), 0);
  link.write(`${sum.toString(8).padStart(6, "0")}\0 `, state + 148, "latin1");
  const twice = Buffer.concat([
    whole.subarray(0, -1_024),
    ...part("state/more", Buffer.from("x")),
    Buffer.alloc(1_024),
  ]);
  for (const [why, archive] of [
    ["state/state.db was altered", changed(state + 700, "y")],
    ["a header was altered", changed(state + 3, "X")],
    ["is a link or a device", link],
    ["more than its manifest says", twice],
    ["something comes after its end", Buffer.concat([whole, Buffer.from("more")])],
    ["no backup of Ringfence", Buffer.concat([...part("other", Buffer.from("{}")), Buffer.alloc(1_024)])],
    [
      "its manifest has 9999999 octets",
      Buffer.concat([Buffer.from(tarHeader({ name: MANIFEST, size: 9_999_999, mode: 0, modified: 0 }))]),
    ],
  ] as const) {
    await expect(read(archive), why).rejects.toThrow(why);
  }
});

test("cut anywhere, it is refused", async () => {
  const whole = packed();
  for (let end = 0; end < whole.length - 1_024; end += 97) {
    await expect(
      unpack({ octets: [whole.subarray(0, end)], room: whole.length, begin: () => () => nowhere }),
    ).rejects.toThrow();
  }
});

test("a name that tar cannot hold is not written, and no other is read", () => {
  const entry = { size: 0, mode: 0o600, modified: 0 };
  expect(() => tarHeader({ ...entry, name: "a".repeat(101) })).toThrow(RangeError);
  expect(() => tarHeader({ ...entry, name: "a b" })).toThrow(RangeError);
  expect(readTarHeader(tarHeader({ ...entry, name: "a" }))).toEqual({ ...entry, name: "a" });
  expect(readTarHeader(Buffer.alloc(512))).toBeUndefined();
});
