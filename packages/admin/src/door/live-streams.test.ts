import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import type { Send, Who } from "./handlers.ts";
import { LiveStreams } from "./live-streams.ts";

const who: Who = { name: "boss", role: "admin", address: "127.0.0.1" };

/** A browser at the other end: what it was sent, and how much of it waits to be read. */
class Browser extends EventEmitter {
  writableLength = 0;
  text = "";
  gone = false;
  writeHead(): void {}
  write(text: string): void {
    this.text += text;
  }
  end(text: string): void {
    this.text += text;
    this.destroy();
  }
  destroy(): void {
    this.gone = true;
    this.emit("close");
  }
}

function opened(isGood: () => boolean = () => true) {
  const sends: Send[] = [];
  let ended = 0;
  const streams = new LiveStreams((_who, send) => {
    sends.push(send);
    return () => {
      ended++;
    };
  });
  const open = (as = who): Browser => {
    const browser = new Browser();
    streams.open(browser as unknown as ServerResponse, {}, as, isGood);
    return browser;
  };
  return { streams, open, send: (at = 0) => sends[at], ended: () => ended };
}

test("an event is one event, whatever stands in it", () => {
  const { open, send } = opened();
  const browser = open();
  send()?.("line", { at: 1, level: "warn", event: "refused", detail: "x\r\n\nevent: end\ndata: {}\n\n<script>" });
  expect(browser.text.split("\n\n")).toHaveLength(2);
  expect(browser.text.split("\n").filter((line) => line.startsWith("event:"))).toEqual(["event: line"]);
});

test("who does not read is let go, and nobody else is", () => {
  const { streams, open, send, ended } = opened();
  const [slow, quick] = [open(), open()];
  slow.writableLength = 262_145;
  send(0)?.("skipped", { lines: 1 });
  send(1)?.("skipped", { lines: 1 });
  expect([slow.gone, quick.gone]).toEqual([true, false]);
  expect([streams.size, ended()]).toEqual([1, 1]);
});

test("a stream ends with its session or key, and says so", () => {
  let good = true;
  const { streams, open, ended } = opened(() => good);
  const browser = open();
  streams.sweep();
  expect(browser.gone).toBe(false);
  good = false;
  streams.sweep();
  expect(browser.text).toContain('event: end\ndata: {"reason":"session"}');
  expect([streams.size, ended()]).toEqual([0, 1]);
});

test("one user has six streams at most, and all together thirty-two", () => {
  const { open } = opened();
  for (let i = 0; i < 6; i++) open();
  expect(() => open()).toThrow("too many streams");
  for (let i = 6; i < 32; i++) open({ ...who, name: `user ${i}` });
  expect(() => open({ ...who, name: "another" })).toThrow("too many streams");
});
