import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { marksOf } from "./marks.ts";
import type { Schema } from "./schema.ts";

const root = fileURLToPath(new URL("../../../../..", import.meta.url));
const schema: Schema = JSON.parse(readFileSync(join(root, "docs/ringfence.schema.json"), "utf8"));

const said = (text: string): readonly string[] =>
  marksOf(schema, text).map(({ line, message }) => `${line}: ${message}`);

test.each<[string, readonly string[]]>([
  ["pbx:\n  adress: 10.0.0.5", ["2: there is no key adress here"]],
  ["pbx:\n  transport: quic", ["2: quic does not belong here: one of udp, tcp, tls"]],
  ["phones:\n  methods: { refer: maybe }", ["2: maybe does not belong here: true or false"]],
  [
    "pbx:\n  nodes:\n    - address: a\n      weight: 70000",
    ["4: 70000 does not belong here: whole number, 0 to 65535"],
  ],
  ["trunks: many", ["1: many does not belong here: a list"]],
  ["pbx:\n  address: 10.0.0.5:5060 # the PBX\n  transport: 'tls'", []],
  ["pb", []],
])("%j", (text, marks) => {
  expect(said(text)).toEqual(marks);
});

const examples = readdirSync(join(root, "deploy/examples"), { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".yaml"),
);

test.each(examples.filter((name) => !name.includes("accounts")))("%s has no mark", (name) => {
  expect(said(readFileSync(join(root, "deploy/examples", name), "utf8"))).toEqual([]);
});
