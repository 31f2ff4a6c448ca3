import { expect, test } from "vitest";
import { TokenIndex } from "./token-index.ts";

const key = "1001@pbx.example.com";

test("tokens of a key are given in the order they came, each once", () => {
  const index = new TokenIndex();
  for (const token of ["first", "first", "second", "third", "second"]) index.add(key, token);
  expect([...index.of(key)]).toEqual(["first", "second", "third"]);
});

test("what is taken away, or was never there, is not given", () => {
  const index = new TokenIndex();
  index.add(key, "first");
  index.delete(key, "another");
  expect([...index.of(key)]).toEqual(["first"]);
  index.add(key, "second");
  index.delete(key, "first");
  expect([...index.of(key)]).toEqual(["second"]);
  index.delete(key, "second");
  index.delete(key, "second");
  expect([...index.of(key)]).toEqual([]);
});

test("a token that comes again after it was taken away is the newest", () => {
  const index = new TokenIndex();
  for (const token of ["first", "second"]) index.add(key, token);
  index.delete(key, "first");
  index.add(key, "first");
  expect([...index.of(key)]).toEqual(["second", "first"]);
});
