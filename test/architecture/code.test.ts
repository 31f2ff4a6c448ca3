/** Rules about what stands in the files themselves. */
import { expect, test } from "vitest";
import { isTest, packageNames, places, type Source, sourcesIn, target } from "./sources.ts";

const product = packageNames.flatMap((name) => sourcesIn(`packages/${name}`)).filter((source) => !isTest(source));
const everything = [...packageNames.flatMap((name) => sourcesIn(`packages/${name}`)), ...sourcesIn("test")];

const socketModules = ["dgram", "net", "tls", "http", "https", "http2", "dns", "dns/promises"];
const socketFolders = [
  "packages/edge/src/io/",
  "packages/media/src/engine/",
  "packages/media/src/io/",
  "packages/appliance/src/io/",
  "packages/firewall/src/io/",
];
/** These names of node:net and node:tls only look at text or keys: they open nothing. */
const harmless = ["isIP", "isIPv4", "isIPv6", "createSecureContext", "SecureContext", "BlockList", "SocketAddress"];

function opensSockets(source: Source): boolean {
  return source.text.split("\n").some((line) => {
    const module = socketModules.find((name) => line.includes(`"node:${name}"`));
    if (module === undefined || line.startsWith("import type")) return false;
    const names = line.slice(line.indexOf("{") + 1, line.indexOf("}")).split(",");
    return !line.includes("{") || names.some((name) => !harmless.includes(name.replace("type ", "").trim()));
  });
}

test("sockets are opened in the io folders only", () => {
  const outside = product
    .filter((source) => opensSockets(source) && !socketFolders.some((folder) => source.path.startsWith(folder)))
    .map((source) => source.path);
  expect(outside).toEqual([]);
});

test("the environment is read in one file", () => {
  const readers = product.filter((source) => places(source, /\bprocess\.env\b/).length > 0).map(({ path }) => path);
  expect(readers).toEqual(["packages/appliance/src/environment.ts"]);
});

test("log and metrics libraries are known to the appliance only", () => {
  const users = everything
    .filter(({ imports }) => imports.some((name) => name === "pino" || name === "prom-client"))
    .map(({ path }) => path);
  expect(users.every((path) => path.startsWith("packages/appliance/"))).toBe(true);
  expect(users.filter((path) => !path.endsWith(".test.ts"))).toHaveLength(3);
});

test("no file has more than 250 lines", () => {
  const long = everything
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > 250);
  expect(long).toEqual([]);
});

/** Code that reads octets of a peer: a regular expression there is a denial of service waiting for its input. */
const readsPeers = [
  "packages/sip/src/",
  "packages/grade/src/",
  "packages/edge/src/",
  "packages/media/src/",
  "packages/node-srtp/src/",
  "packages/dgram-rate-limiter/src/",
];
const literal = /(^|[=(,:[!&|?{;]|\breturn)\s*\/(?![/*])(?:\\.|\[(?:\\.|[^\]])*\]|[^/\n\\])+\/[dgimsuvy]*/;

test("no regular expression where octets of a peer are read", () => {
  const found = product
    .filter(({ path }) => readsPeers.some((folder) => path.startsWith(folder)))
    .flatMap((source) => [...places(source, literal), ...places(source, /\bRegExp\b/)]);
  expect(found).toEqual([]);
});

test("the console makes markup of no text", () => {
  const doors =
    /innerHTML|outerHTML|insertAdjacentHTML|dangerouslySet|document\.write|createContextualFragment|DOMParser|srcdoc|\beval\b/;
  const console = sourcesIn("packages/admin/console");
  expect(console.length).toBeGreaterThan(0);
  expect(console.flatMap((source) => places(source, doors))).toEqual([]);
});

test("what somebody else has packed is unpacked nowhere", () => {
  const unpacking =
    /BrotliDecompress|brotliDecompress|[gG]unzip|[iI]nflate(Raw)?(Sync)?\(|createInflate|"undici"|[^.#\w]fetch\(/;
  const own = product.filter(({ path }) => !path.startsWith("packages/admin/console/"));
  expect(own.flatMap((source) => places(source, unpacking))).toEqual([]);
});

test("nothing is left for later without an issue", () => {
  const words = new RegExp(`\\b(${["TO", "DO"].join("")}|${["FIX", "ME"].join("")})\\b(?!.*#\\d)`);
  const left = everything.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) => (words.test(line) ? [`${path}:${index + 1}`] : [])),
  );
  expect(left).toEqual([]);
});

test("modules do not load each other in a circle", () => {
  const edges = new Map(
    everything.map((source) => [source.path, source.loads.flatMap((name) => target(source, name) ?? [])]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
    if (done.has(path) || trail.includes(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  expect(circles).toEqual([]);
});

test("the packages without a world have no clock, no dice and no files", () => {
  const pure = ["sip", "policy", "grade", "node-srtp", "dgram-rate-limiter"].flatMap((name) =>
    sourcesIn(`packages/${name}/src`),
  );
  const found = pure
    .filter((source) => !isTest(source))
    .flatMap((source) => [
      ...places(source, /\b(Date\.now|new Date|Math\.random|setTimeout|setInterval|performance\.now)\b/),
      ...source.imports
        .filter((name) => ["node:fs", "node:dgram", "node:net", "node:tls", "node:timers"].includes(name))
        .map((name) => `${source.path} imports ${name}`),
    ]);
  expect(found).toEqual([]);
});
