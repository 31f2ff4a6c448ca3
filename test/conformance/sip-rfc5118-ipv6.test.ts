/** RFC 5118, every file of the folder. */
import { createHash } from "node:crypto";
import { type Message, paramValue, parseMessage, parseVia } from "@ringfence/sip";
import { describe, expect, test } from "vitest";
import { model, reserialize } from "../support/sip-model.ts";
import { framed, judge, tortureFolder } from "../support/torture.ts";

const folder = tortureFolder("rfc5118");
const names = folder.files.map(({ name }) => name);

test("every file has a verdict and an expectation, and every verdict has a file", () => {
  expect([...folder.judged].sort()).toEqual([...names].sort());
  expect([...folder.expected].sort()).toEqual([...names].sort());
  expect(names).toHaveLength(12);
});

test("the files are the octets that were judged", () => {
  const sums = folder.files.map(({ name, bytes }) => [`${name}.dat`, createHash("sha256").update(bytes).digest("hex")]);
  expect(new Map(sums.map(([name, sum]) => [name ?? "", sum ?? ""]))).toEqual(folder.checksums);
});

describe.each([...folder.files])("$name", ({ name, bytes, row, expected }) => {
  const judged = judge(bytes);

  test("gets the expected answer, which the verdict table allows", () => {
    expect({ answer: judged.answer, by: judged.by }).toEqual({ answer: expected?.answer, by: expected?.by });
    const verdict = row?.get("edge_verdict") ?? "";
    const allowed = judged.answer === "accept" ? verdict.includes("accept") : verdict.includes(String(judged.answer));
    expect(allowed).toBe(true);
  });

  test("is one message on a stream, however it is chunked", () => {
    const whole = framed(bytes, bytes.length);
    expect(whole.map(({ kind }) => kind)).toEqual(["message"]);
    for (const chunk of [1, 2, 5, 50]) expect(framed(bytes, chunk)).toEqual(whole);
  });

  test("keeps its meaning when written out again", () => {
    if (judged.message === undefined) return;
    const again = parseMessage(reserialize(judged.message), "stream");
    if (again.kind === "failure") throw new Error(again.text);
    expect(model(again)).toEqual(model(judged.message));
    meaning.get(name)?.(judged.message);
  });
});

function requestUri(message: Message) {
  return message.kind === "request" ? message.requestUri : undefined;
}

const meaning = new Map<string, (message: Message) => void>([
  ["ipv6-good", (message) => expect(requestUri(message)).toMatchObject({ host: "2001:db8::10", port: undefined })],
  [
    "port-ambiguous",
    (message) => expect(requestUri(message)).toMatchObject({ host: "2001:db8::10:5070", port: undefined }),
  ],
  ["port-unambiguous", (message) => expect(requestUri(message)).toMatchObject({ host: "2001:db8::10", port: 5070 })],
  [
    "via-received-param-no-delim",
    ({ via }) => {
      expect(paramValue(via.params, "received")).toBe("2001:db8::9:255");
      expect(via.branch).toBe("z9hG4bKas3");
    },
  ],
  [
    "via-received-param-with-delim",
    ({ via }) => {
      expect(paramValue(via.params, "received")).toBe("[2001:db8::9:255]");
      expect(via.branch).toBe("z9hG4bKas3-111");
    },
  ],
  [
    "mult-ip-in-header",
    ({ vias }) => {
      expect(vias.map((via) => parseVia(via)?.host)).toEqual(["2001:db8::9:1", "192.0.2.1", "2001:db8::9:255"]);
    },
  ],
  ["ipv4-mapped-ipv6", ({ via }) => expect([via.host, via.port]).toEqual(["::ffff:192.0.2.10", 19823])],
  [
    "ipv6-correct-abnf-2-colons",
    (message) => expect(requestUri(message)).toMatchObject({ host: "2001:db8::192.0.2.1" }),
  ],
]);
