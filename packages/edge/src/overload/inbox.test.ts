import { expect, test } from "vitest";
import type { Flow } from "../flow.ts";
import { Inbox, type Lane } from "./inbox.ts";

const begins = "INVITE";
const asks = "OPTIONS";

/** Flows by name; what begins with one of these may be left unread. */
function inboxOf(lanes: Readonly<Record<string, Lane>> = {}) {
  const inbox = new Inbox({
    laneOf: ({ id }) => lanes[id] ?? "known",
    mayWait: (bytes) => [begins, asks].some((start) => Buffer.from(bytes).toString().startsWith(start)),
    onUnread: () => {},
  });
  const put = (now: number, id: string, text: string): boolean => {
    const flow = { id } as Flow;
    const bytes = Buffer.from(text);
    const room = inbox.hasRoom(flow, bytes);
    if (room) inbox.put(now, flow, bytes);
    return room;
  };
  /** Over a connection. "more": it is read on. "stop": it is not. */
  const putOver = (now: number, side: Flow["side"], id: string, text: string): "more" | "stop" | "unread" => {
    const flow = { id, side, reliable: true } as Flow;
    const bytes = Buffer.from(text);
    if (!inbox.hasRoom(flow, bytes)) return "unread";
    return inbox.put(now, flow, bytes) ? "more" : "stop";
  };
  const read = (now: number): string | undefined => {
    const next = inbox.next(now);
    return next && `${next.flow.id} ${Buffer.from(next.bytes).toString()}`;
  };
  const readAll = (now: number): readonly string[] => {
    const all: string[] = [];
    for (let one = read(now); one !== undefined; one = read(now)) all.push(one);
    return all;
  };
  return { inbox, put, putOver, read, readAll };
}

test("a flow is read in the order it came, and flows in turn", () => {
  const { inbox, put, readAll } = inboxOf();
  for (const text of ["1", "2", "3"]) put(0, "a", text);
  put(0, "b", "1");
  expect(readAll(0)).toEqual(["a 1", "b 1", "a 2", "a 3"]);
  expect(inbox.isEmpty).toBe(true);
});

test("threat L12: who says one thing is heard in the round it came in, however much others send", () => {
  const { put, read } = inboxOf();
  const crowd = Array.from({ length: 40 }, (_, place) => `flood-${place}`);
  for (let i = 0; i < 50; i++) for (const id of crowd) put(0, id, begins);
  for (let i = 0; i < 1_000; i++) read(1);
  put(1, "phone", "REGISTER");
  const behind = Array.from({ length: 100 }, () => read(2)).findIndex((text) => text?.startsWith("phone"));
  expect(behind).toBeLessThanOrEqual(crowd.length);
});

test("threat L12: what would begin something and waited for a quarter of a second is left unread; what goes on is read", () => {
  const { inbox, put, readAll } = inboxOf();
  put(0, "a", begins);
  put(0, "a", "BYE");
  put(0, "a", begins);
  put(100, "a", begins);
  expect(readAll(251)).toEqual(["a BYE", `a ${begins}`]);
  expect(inbox.unread).toBe(2);
});

test("a line has an end, for beginnings sooner than for what goes on, and so have all together", () => {
  const { inbox, put } = inboxOf();
  const lengths = (id: string, text: string): number => {
    let length = 0;
    while (length < 100_000 && put(0, id, text)) length++;
    return length;
  };
  expect(lengths("a", begins)).toBe(1_024);
  expect(put(0, "a", "BYE")).toBe(true);
  expect(lengths("b", `BYE${"x".repeat(1_021)}`)).toBe(512);
  let flows = 0;
  while (put(0, `flow-${flows}`, "x".repeat(65_536))) flows++;
  expect(flows).toBe(247);
  inbox.drain("b");
  expect(put(0, "last", "x".repeat(65_536))).toBe(true);
});

test("threat L12: a line is the shorter the more there are, so that nobody waits long behind himself in a flood of many", () => {
  const { inbox, put, read } = inboxOf({ trunk: "peer" });
  const crowd = Array.from({ length: 32 }, (_, place) => `flood-${place}`);
  for (let i = 0; i < 2_000; i++) for (const id of [...crowd, "trunk"]) put(0, id, begins);
  let waiting = 0;
  while (read(0) !== undefined) waiting++;
  expect(waiting).toBe(32 * 32 + 1_024);
  expect(inbox.unread).toBe(33 * 2_000 - waiting);
});

test("PBX and trunks, known phones and strangers have their turns, and nobody waits for who has nothing to say", () => {
  const { put, read, readAll } = inboxOf({ pbx: "peer", phone: "known", somebody: "stranger" });
  for (let i = 0; i < 16; i++) for (const id of ["pbx", "phone", "somebody"]) put(0, id, "x");
  const heard = Array.from({ length: 16 }, () => read(0)?.split(" ")[0]);
  const times = (id: string): number => heard.filter((one) => one === id).length;
  expect([times("pbx"), times("phone"), times("somebody")]).toEqual([8, 6, 2]);
  expect(readAll(0)).toHaveLength(32);
});

test("the lag is what somebody waited who has not himself to thank for it", () => {
  const { inbox, put, readAll } = inboxOf({ pbx: "peer", somebody: "stranger" });
  for (let i = 0; i < 3; i++) put(0, "flood", begins);
  put(10, "somebody", "x");
  put(60, "phone", "x");
  readAll(80);
  expect(inbox.takeLag()).toBe(80);
  for (let i = 0; i < 3; i++) put(100, "flood", begins);
  put(110, "phone", "x");
  inbox.next(100);
  readAll(150);
  expect(inbox.takeLag()).toBe(40);
  put(200, "pbx", "x");
  put(210, "pbx", "x");
  readAll(230);
  expect([inbox.takeLag(), inbox.takeLag()]).toEqual([30, 0]);
});

test("what waits of a flow that is gone is had in its order, and its place in the round is nobody else's", () => {
  const { inbox, put, readAll } = inboxOf();
  for (const text of ["1", "2"]) put(0, "a", text);
  expect(inbox.drain("a").map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(["1", "2"]);
  put(0, "a", "3");
  put(0, "b", "1");
  expect(readAll(0)).toEqual(["a 3", "b 1"]);
  expect([inbox.isEmpty, inbox.drain("a")]).toEqual([true, []]);
});

test("threat L12: of a phone's connection no more is read than there are turns for, and nothing of it is left unread", () => {
  const { inbox, putOver, read, readAll } = inboxOf({ stranger: "stranger" });
  for (const id of ["phone", "stranger"]) {
    const said = Array.from({ length: 20 }, () => putOver(0, "phone", id, asks));
    expect(said).toEqual([...Array(15).fill("more"), ...Array(5).fill("stop")]);
    expect(inbox.takeRoomy()).toEqual([]);
    for (let left = 20; left > 9; left--) read(5_000);
    expect(inbox.takeRoomy()).toEqual([]);
    read(5_000);
    expect([inbox.takeRoomy(), inbox.takeRoomy()]).toEqual([[id], []]);
    expect(readAll(30_000)).toHaveLength(8);
  }
  expect(inbox.unread).toBe(0);
  // After Timer F nobody waits for an answer any more.
  putOver(40_000, "phone", "phone", asks);
  expect([readAll(72_001), inbox.unread]).toEqual([[], 1]);
});

test("threat L12: of few messages that are large no more are held than of many that are small, and all together have an end", () => {
  const { inbox, putOver, read, readAll } = inboxOf();
  const large = `${asks}${"x".repeat(60_000)}`;
  expect(putOver(0, "phone", "a", large)).toBe("stop");
  expect([read(0), inbox.takeRoomy()]).toEqual([`a ${large}`, ["a"]]);
  let connections = 0;
  while (putOver(0, "phone", `b${connections}`, asks + "x".repeat(9_993)) === "more") connections++;
  expect(connections).toBe(838);
  readAll(0);
  expect(inbox.takeRoomy()).toEqual([`b${connections}`]);
});

test("a connection of the PBX or of a trunk is read whatever comes, for the calls of many go on over it", () => {
  const { inbox, putOver, readAll } = inboxOf({ pbx: "peer", trunk: "peer" });
  const ends = [
    ["pbx", "core"],
    ["trunk", "trunk"],
  ] as const;
  for (const [id, side] of ends) {
    expect(Array.from({ length: 100 }, () => putOver(0, side, id, begins))).toEqual(Array(100).fill("more"));
    putOver(0, side, id, "BYE");
    expect(readAll(251)).toEqual([`${id} BYE`]);
  }
  expect(inbox.unread).toBe(200);
});

test("threat L12: a call over a connection waits as long as over UDP, and its end is read whatever else comes", () => {
  const { inbox, putOver, readAll } = inboxOf();
  const over = (text: string) => putOver(0, "phone", "phone", text);
  expect(Array.from({ length: 1_100 }, () => over(begins)).filter((said) => said === "more")).toHaveLength(1_024);
  expect(over("BYE")).toBe("more");
  expect([readAll(251), inbox.unread]).toEqual([["phone BYE"], 1_100]);
});

test("a connection that is gone is not told to go on", () => {
  const { inbox, putOver, readAll } = inboxOf();
  for (let i = 0; i < 20; i++) putOver(0, "phone", "a", asks);
  expect(inbox.drain("a")).toHaveLength(20);
  expect([readAll(0), inbox.takeRoomy()]).toEqual([[], []]);
});
