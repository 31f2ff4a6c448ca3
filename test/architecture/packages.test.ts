/** Who may know whom. The directions are those of docs/architecture.md. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageNames, root, sourcesIn, target } from "./sources.ts";

/** Package → the packages of ours that it may import. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  sip: [],
  // The compiled addon and its loader: docs/decisions/0012-one-native-addon.md.
  native: [],
  "dgram-rate-limiter": ["native"],
  "node-srtp": ["native"],
  store: [],
  policy: [],
  edge: ["sip", "policy", "dgram-rate-limiter", "native"],
  // sip for its SDP editor: docs/decisions/0002-media-imports-sip-for-sdp.md.
  media: ["native", "node-srtp", "policy", "sip"],
  admin: [],
  // The helper with the privilege, and the rules it loads; policy for the form of the configuration.
  firewall: ["policy"],
  // What is asked of an installation and of a service; policy for the form of the configuration, sip for what a probe says.
  grade: ["policy", "sip"],
  // node-srtp for the telephone of a test call.
  appliance: [
    "firewall",
    "grade",
    "sip",
    "dgram-rate-limiter",
    "node-srtp",
    "policy",
    "store",
    "edge",
    "media",
    "native",
    "admin",
  ],
};

interface Manifest {
  readonly exports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const manifest = (name: string): Manifest =>
  JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));

test.each(packageNames)("%s depends on nothing it may not know", (name) => {
  const ours = Object.keys(manifest(name).dependencies ?? {})
    .filter((dependency) => dependency.startsWith("@ringfence/"))
    .map((dependency) => dependency.slice("@ringfence/".length));
  expect(allowed).toHaveProperty([name]);
  expect(ours.filter((dependency) => !allowed[name]?.includes(dependency))).toEqual([]);
});

test.each(packageNames)("%s imports other packages by their front door only", (name) => {
  const inside = `packages/${name}/`;
  const deep = sourcesIn(`packages/${name}`).flatMap((source) =>
    source.imports.flatMap((specifier) => {
      const file = target(source, specifier);
      const leaves = file !== undefined && !file.startsWith(inside) && !file.startsWith("test/support/");
      const pastTheDoor = specifier.startsWith("@ringfence/") && specifier.split("/").length > 2;
      return leaves || pastTheDoor ? [`${source.path} imports ${specifier}`] : [];
    }),
  );
  expect(deep).toEqual([]);
});

test("a package shows one file", () => {
  for (const name of packageNames) {
    const { exports } = manifest(name);
    if (exports !== undefined) expect(exports).toEqual({ ".": "./src/index.ts" });
  }
});

test("edge and media do not know each other", () => {
  const crossing = [
    ...sourcesIn("packages/edge").filter((source) => source.imports.includes("@ringfence/media")),
    ...sourcesIn("packages/media").filter((source) => source.imports.includes("@ringfence/edge")),
  ];
  expect(crossing.map((source) => source.path)).toEqual([]);
});

test("the PBX stand-in shares no code with what it judges", () => {
  const shared = sourcesIn("test/pbx").flatMap((source) =>
    source.imports
      .filter((specifier) => specifier.startsWith("@ringfence/") || target(source, specifier)?.startsWith("packages/"))
      .map((specifier) => `${source.path} imports ${specifier}`),
  );
  expect(shared).toEqual([]);
});

test("every package named in the rules of this file that exists is in the workspace", () => {
  for (const name of packageNames) expect(existsSync(join(root, "packages", name, "src"))).toBe(true);
});
