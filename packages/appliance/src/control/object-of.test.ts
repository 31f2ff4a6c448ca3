import { expect, test } from "vitest";
import { createMask } from "../logs/mask.ts";
import { objectOf } from "./object-of.ts";

test("what an act was about is said in a few words, a time as people write it", () => {
  expect(objectOf({ command: "ban", source: "192.0.2.1", forMs: 3_600_000 })).toBe("source=192.0.2.1 for=1h");
  const change = { area: "trunk", level: "debug", forMs: 86_400_000 };
  expect(objectOf({ command: "log", change })).toBe("area=trunk level=debug for=1d");
  expect(objectOf({ command: "unban", label: "1001", by: "root" }, undefined)).toBe("label=1001");
});

test("no mask takes the time of an act for a number", () => {
  expect(createMask("numbers").text(objectOf({ forMs: 31_536_000_000 }))).toBe("for=365d");
});

test("texts and secrets are left out, wherever they stand", () => {
  expect(objectOf({ text: "x", password: "y", change: { code: "z", name: "edge" } })).toBe("name=edge");
});
