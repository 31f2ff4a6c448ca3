import { expect, test } from "vitest";
import { childNamed, childrenNamed, escapeXml, readXml } from "./xml.ts";

const read = (text: string) => readXml(Buffer.from(text, "utf8"));

test("elements, attributes in either quotes, text and the five entities are read, prefixes left out", () => {
  const root = read(
    `<?xml version="1.0"?>\n<!-- <x> --><p:a p:k='1 > 0' j="&lt;&amp;lt;"> t &quot;<p:b/><b n="2">x</b>u</p:a >\n`.replace(
      "1 > 0",
      "1",
    ),
  );
  expect(root?.name).toBe("a");
  expect(Object.fromEntries(root?.attributes ?? [])).toEqual({ "p:k": "1", j: "<&lt;" });
  expect(root?.text).toBe('t "u');
  expect(childrenNamed(root, "b").map((b) => b.text)).toEqual(["", "x"]);
  expect(childNamed(root, "b")?.children).toEqual([]);
  expect(childNamed(undefined, "b")).toBeUndefined();
});

test.each([
  "",
  "text",
  "<a>",
  "</a>",
  "<a></b>",
  "<a/><b/>",
  "<a/>text",
  "<a b>",
  "<a b=c/>",
  '<a b="1" b="2"/>',
  '<a b="1/>',
  "<!DOCTYPE a><a/>",
  "<a><![CDATA[x]]></a>",
  "<a><!-- </a>",
  "< a/>",
  "<a/",
  `${"<a>".repeat(17)}${"</a>".repeat(17)}`,
  `<a>${"<b/>".repeat(2500)}</a>`,
  `<a ${Array.from({ length: 40 }, (_, i) => `k${i}="1"`).join(" ")}/>`,
])("threat L14: %j is not read", (text) => {
  expect(read(text)).toBeUndefined();
});

test("names that are JavaScript's own are only names", () => {
  const root = read('<__proto__ constructor="1"><toString/></__proto__>');
  expect([root?.name, root?.attributes.get("constructor"), root?.children[0]?.name]).toEqual([
    "__proto__",
    "1",
    "toString",
  ]);
  expect(root?.attributes.get("toString")).toBeUndefined();
});

test("what is written cannot end an attribute or a text, and has no control characters", () => {
  expect(escapeXml("a\"b'c<d>e&f\r\n\u0000g")).toBe("a&quot;b&apos;c&lt;d&gt;e&amp;fg");
});
