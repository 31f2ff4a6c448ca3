import { describe, expect, test } from "vitest";
import { HeaderList } from "../message/headers.ts";
import {
  afterGlare,
  afterTooSmall,
  endAfter,
  grantSession,
  readSession,
  refreshAfter,
  type SessionFields,
  sessionGranted,
} from "./session-timer.ts";

const bounds = { expires: 1800, least: 90 };
const nothing: SessionFields = { supported: false, expires: undefined, refresher: undefined, minSe: undefined };
const knows: SessionFields = { ...nothing, supported: true };
const read = (...pairs: readonly (readonly [string, string])[]) => readSession(HeaderList.of(...pairs));

describe("RFC 4028 section 4 and 5: Session-Expires and Min-SE", () => {
  test("are read with parameters, in any case, in the compact form", () => {
    expect(read(["x", " 3600 ;refresher=UAS;other=1".trim()], ["k", "100rel, Timer"], ["Min-SE", "120"])).toEqual({
      supported: true,
      expires: 3600,
      refresher: "uas",
      minSe: 120,
    });
    expect(read(["Session-Expires", "90"], ["Require", "timer"])).toEqual({ ...knows, expires: 90 });
    expect(read(["Supported", "timers"])).toEqual(nothing);
  });
  test.each(["", "x", "-1", "1800s", "1800;refresher=both", "1800;refresher", "1800 3600", "99999999999"])(
    "%j is unreadable",
    (value) => {
      expect(read(["Session-Expires", value])).toBeUndefined();
    },
  );
  test("an unreadable Min-SE is too", () => {
    expect(read(["Min-SE", "ninety"])).toBeUndefined();
  });
});

describe("RFC 4028 section 9, table 2: who refreshes", () => {
  const rows: readonly (readonly [string, SessionFields, unknown])[] = [
    ["the sender does not know timers and nobody asks", nothing, undefined],
    ["it does not know them, a proxy asks", { ...nothing, expires: 1800 }, "uas"],
    ["it does not know them and is said to refresh", { ...nothing, expires: 1800, refresher: "uac" }, undefined],
    ["it does not know them and we are to refresh", { ...nothing, expires: 1800, refresher: "uas" }, "uas"],
    ["it knows them and asks for nothing: a peer that may never refresh keeps its call", knows, "uas"],
    ["it knows them and asks for an interval", { ...knows, expires: 1800 }, "uac"],
    ["it knows them and wants to refresh", { ...knows, expires: 1800, refresher: "uac" }, "uac"],
    ["it knows them and wants us to", { ...knows, expires: 1800, refresher: "uas" }, "uas"],
  ];
  test.each(rows)("%s", (_name, asked, refresher) => {
    const granted = grantSession(asked, bounds);
    expect(granted === undefined || granted === "too-small" ? granted : granted.refresher).toBe(refresher);
  });
  test("a refresh that names nobody leaves it with whoever had it", () => {
    expect(grantSession({ ...knows, expires: 1800 }, bounds, "uas")).toMatchObject({ refresher: "uas" });
  });
  test("Require: timer goes to a sender that knows the extension, and to no other", () => {
    expect(grantSession(knows, bounds)).toMatchObject({ required: true });
    expect(grantSession({ ...nothing, expires: 600 }, bounds)).toMatchObject({ required: false });
  });
});

describe("RFC 4028 section 9: the interval", () => {
  const expires = (asked: Partial<SessionFields>, own = bounds) => {
    const granted = grantSession({ ...knows, ...asked }, own);
    return typeof granted === "object" ? granted.expires : granted;
  };
  test("is never longer than asked for, and never below Min-SE", () => {
    expect(expires({ expires: 600 })).toBe(600);
    expect(expires({ expires: 7200 })).toBe(1800);
    expect(expires({ expires: 7200, minSe: 3600 })).toBe(3600);
    expect(expires({ expires: 600, minSe: 3600 })).toBe(600);
  });
  test("nobody named one: ours, or the Min-SE of the request", () => {
    expect(expires({})).toBe(1800);
    expect(expires({ minSe: 4000 })).toBe(4000);
  });
  test("too small is refused to whoever understands 422, and not taken up from a proxy", () => {
    expect(expires({ expires: 89 })).toBe("too-small");
    expect(expires({ expires: 200 }, { expires: 1800, least: 300 })).toBe("too-small");
    expect(grantSession({ ...nothing, expires: 60 }, bounds)).toBeUndefined();
  });
});

test("RFC 4028 section 7.2: a 2xx grants what it says; without Session-Expires the session does not expire", () => {
  expect(sessionGranted({ ...nothing, expires: 1800, refresher: "uas" })).toEqual({ expires: 1800, refresher: "uas" });
  expect(sessionGranted({ ...nothing, expires: 1800 })).toEqual({ expires: 1800, refresher: "uac" });
  expect(sessionGranted(nothing)).toBeUndefined();
  expect(sessionGranted({ ...nothing, expires: 10 })).toBeUndefined();
});

test("RFC 4028 section 7.3: after 422 the interval rises to its Min-SE, within bounds", () => {
  expect(afterTooSmall(3600, 1800, 86_400)).toBe(3600);
  expect(afterTooSmall(1800, 1800, 86_400)).toBeUndefined();
  expect(afterTooSmall(4_000_000, 1800, 86_400)).toBeUndefined();
  expect(afterTooSmall(undefined, 1800, 86_400)).toBeUndefined();
});

test("RFC 4028 section 7.2 and 10: refreshed at half, ended 32 s or a third before the end", () => {
  expect(refreshAfter(1800)).toBe(900_000);
  expect(endAfter(1800)).toBe(1_768_000);
  expect(endAfter(90)).toBe(60_000);
});

test("RFC 3261 section 14.1: the wait after 491 depends on who made the Call-ID", () => {
  const waits = (owner: boolean) => Array.from({ length: 1000 }, (_, random) => afterGlare(owner, random));
  expect([Math.min(...waits(true)), Math.max(...waits(true))]).toEqual([2100, 4000]);
  expect([Math.min(...waits(false)), Math.max(...waits(false))]).toEqual([0, 2000]);
  expect([...waits(true), ...waits(false)].every((wait) => wait % 10 === 0)).toBe(true);
});
