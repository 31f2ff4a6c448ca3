/** Threat L14: one line stays one line, in every output of the log, whatever stands in a header. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { readFrames } from "../../packages/appliance/src/logs/syslog/frames.ts";
import { written } from "../support/every-output.ts";
import { unsafe } from "../support/payloads.ts";

const hostile = [
  ..."\r\n\0\t\u001b\u007f\u0085\u009b\u2028\u2029\u202e\u2066\u200b\ufeff\u00ad",
  "\ud800",
  "\udc00",
  "\u{e0041}",
  "\r\n\r\n",
  '"}\n{"level":"error","event":"call"}',
  "\u001b[2J\u001b]0;x\u0007",
  "\n<0>1 - - - - - - ",
  "\nCEF:0|x|x|x|x|x|10|",
  "' UNION SELECT",
  "<script>alert(1)</script>",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a payload as attackers write it
  "${jndi:ldap://x}",
  ...'"]|=\\',
  "Zoë 王 👋🏽",
  "plain",
];
const text = fc.array(fc.constantFrom(...hostile), { maxLength: 12 }).map((parts) => parts.join(""));
const value = fc.oneof(
  text,
  text.map((words) => Buffer.from(words, "latin1")),
  text.map((words) => ({ nested: [words] })),
  fc.double(),
);
const names = ["event", "source", "method", "reason", "account", "from", "to", "detail", "bytes", "a_codec", "other"];
const name = fc.oneof(fc.constantFrom(...names, "__proto__", "constructor", "toString", 'a"]=b'), text);
const event = fc
  .array(fc.tuple(name, value), { maxLength: 8 })
  .map((fields) => JSON.parse(JSON.stringify(Object.fromEntries(fields))) as Record<string, unknown>);

/** RFC 5424 §6.4 asks for that mark before text; families of emoji are joined by one that is escaped. */
const mark = "\u{feff}";

test("threat L14: as many lines as events, each of them whole, and nothing in them that a terminal or a parser would obey", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 8 }), async (events) => {
      const texts = await written("off", (log) => {
        for (const fields of events) log.line("info", { ...fields, event: String(fields.event ?? "call") });
      });
      for (const output of ["standard output", "file"]) {
        const lines = (texts.get(output) ?? "").split("\n");
        expect(lines.pop()).toBe("");
        expect(lines).toHaveLength(events.length);
        for (const line of lines) {
          expect(line).not.toMatch(unsafe);
          expect(JSON.parse(line)).toMatchObject({ level: "info", event: expect.any(String) });
        }
      }
      for (const output of ["rfc5424", "cef"]) {
        const bytes = Buffer.from(texts.get(output) ?? "");
        const { messages, end } = readFrames(bytes);
        expect([messages.length, end]).toEqual([events.length, bytes.length]);
        for (const message of messages) expect(String(message).replace(mark, "")).not.toMatch(unsafe);
      }
    }),
    { numRuns: 40 },
  );
});

test("threat L14: a field called __proto__ changes no prototype and is written as text", async () => {
  const fields = JSON.parse('{"event":"x","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}}}');
  for (const output of (await written("off", (log) => log.line("info", fields))).values())
    expect(output).toContain("polluted");
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
