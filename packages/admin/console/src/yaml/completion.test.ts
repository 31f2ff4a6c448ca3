import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { complete } from "./completion.ts";
import type { Schema } from "./schema.ts";

const file = new URL("../../../../../docs/ringfence.schema.json", import.meta.url);
const schema: Schema = JSON.parse(readFileSync(file, "utf8"));

/** The cursor is where the text has a `^`. */
function offered(text: string): readonly string[] {
  const cursor = text.indexOf("^");
  return complete(schema, text.replace("^", ""), cursor).suggestions.map(({ text: word }) => word);
}

test.each<[string, string, readonly string[]]>([
  ["a section", "pbx:\n  address: 10.0.0.5\npho^", ["phones"]],
  ["a key of a section", "phones:\n  auth^", ["authentication"]],
  ["what a section has not yet", "pbx:\n  transport: udp\n  t^\n  tls: {}\n", []],
  ["one of some words", "pbx:\n  transport: t^", ["tcp", "tls"]],
  ["true or false", "phones:\n  methods:\n    refer: ^", ["true", "false"]],
  ["a key in a map on one line", "phones:\n  methods: { refer: true, m^ }", ["message"]],
  ["a word in a list of maps", "phones:\n  listen:\n    - { transport: u^", ["udp"]],
  ["a key of a list's second map", "trunks:\n  - name: one\n  - name: two\n    lim^", ["limits"]],
  ["a key below a name of one's own", "policy:\n  accounts:\n    default:\n      international: f^", ["false"]],
  ["a list that is not indented", "trunks:\n- name: one\n  lim^", ["limits"]],
  ["nothing in a comment", "pbx:\n  # tran^", []],
  ["nothing below what nobody knows", "what:\n  e^", []],
])("%s is offered", (_what, text, words) => {
  expect(offered(text)).toEqual(words);
});

test("an empty file offers every section, with what it is for", () => {
  const { suggestions } = complete(schema, "", 0);
  expect(suggestions.map(({ text }) => text)).toEqual(Object.keys(schema.properties ?? {}));
  expect(suggestions.every(({ about }) => about !== "")).toBe(true);
});
