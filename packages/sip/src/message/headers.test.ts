import { expect, test } from "vitest";
import { HeaderList } from "./headers.ts";
import { canonicalName, knownName, knownNameAt } from "./names.ts";

test("names compare without case and know their compact form", () => {
  const list = HeaderList.of(["v", "1"], ["VIA", "2"], ["X-Own", "3"], ["x-own", "4"]);
  expect([...list].map(({ name }) => name)).toEqual(["Via", "Via", "X-Own", "x-own"]);
  expect(list.all("via")).toEqual(["1", "2"]);
  expect(list.all("X-OWN")).toEqual(["3", "4"]);
  expect([list.get("V"), list.get("nothing"), list.has("x-own"), list.size]).toEqual(["1", undefined, true, 4]);
});

test("set replaces all, in place of the first", () => {
  const list = HeaderList.of(["AA", "1"], ["To", "2"], ["BB", "3"], ["t", "4"]);
  list.set("to", "5").set("CC", "6").prepend("Via", "7").remove("bb");
  expect([...list].map(({ name, value }) => `${name}=${value}`)).toEqual(["Via=7", "AA=1", "To=5", "CC=6"]);
});

test("a clone is independent", () => {
  const list = HeaderList.of(["A", "1"]);
  const copy = list.clone().add("B", "2");
  expect([list.size, copy.size]).toEqual([1, 2]);
});

test("names of object members are names like others", () => {
  const list = HeaderList.of(["__proto__", "1"], ["constructor", "2"]);
  expect([list.get("__proto__"), list.get("constructor"), list.get("toString")]).toEqual(["1", "2", undefined]);
  expect(knownName("constructor")).toBeUndefined();
});

test("a name found in a text is the name found by itself", () => {
  for (const name of ["Via", "v", "V", "call-id", "Call-ID", "X-Via", "Viax", "cseq", "__proto__"]) {
    expect(knownNameAt(`..${name}:`, 2, 2 + name.length)).toBe(knownName(name));
  }
  expect(canonicalName("l")).toBe("Content-Length");
});
