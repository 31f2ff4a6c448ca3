import { expect, test } from "vitest";
import { KnownPlaces } from "./known-places.ts";

test("the first place of an account is not news, another one is, once", () => {
  const places = new KnownPlaces();
  expect(places.visit("1001", "192.0.2.10")).toBe(false);
  expect(places.visit("1001", "198.51.100.7")).toBe(true);
  expect(places.visit("1001", "198.51.100.7")).toBe(false);
  expect(places.visit("1001", "192.0.2.10")).toBe(false);
});

test("a provider may move its customer within one network", () => {
  const places = new KnownPlaces();
  places.visit("1001", "192.0.2.10");
  expect(places.visit("1001", "192.0.2.200")).toBe(false);
  places.visit("1002", "2001:db8:1:2::1");
  expect(places.visit("1002", "2001:db8:1:ffff::9")).toBe(false);
  expect(places.visit("1002", "2001:db8:2::1")).toBe(true);
});

test("nine places are one too many: the one not seen longest is news again", () => {
  const places = new KnownPlaces();
  for (let net = 0; net < 9; net++) places.visit("1001", `10.0.${net}.1`);
  expect(places.visit("1001", "10.0.0.1")).toBe(true);
  expect(places.visit("1001", "10.0.8.1")).toBe(false);
});
