/** RFC 4475, every file of the folder: judged as the edge would, on a datagram and on a stream. */
import { createHash } from "node:crypto";
import {
  formatNameAddr,
  parseContacts,
  parseMessage,
  type Request,
  responseTo,
  responseToEcho,
  serializeResponse,
} from "@ringfence/sip";
import { describe, expect, test } from "vitest";
import { forms, model, reserialize } from "../support/sip-model.ts";
import { framed, type Judgement, judge, type TortureFile, tortureFolder } from "../support/torture.ts";

const folder = tortureFolder("rfc4475");
const names = folder.files.map(({ name }) => name);

test("every file has a verdict and an expectation, and every verdict has a file", () => {
  expect([...folder.judged].sort()).toEqual([...names].sort());
  expect([...folder.expected].sort()).toEqual([...names].sort());
  expect(names).toHaveLength(49);
});

test("the files are the octets of the RFC", () => {
  const sums = folder.files.map(({ name, bytes }) => [`${name}.dat`, createHash("sha256").update(bytes).digest("hex")]);
  expect(new Map(sums.map(([name, sum]) => [name ?? "", sum ?? ""]))).toEqual(folder.checksums);
});

describe.each([...folder.files])("$name", (file) => {
  const judged = judge(file.bytes);

  test("gets the expected answer, which the verdict table allows", () => {
    expect({ answer: judged.answer, by: judged.by }).toEqual({
      answer: file.expected?.answer,
      by: file.expected?.by,
    });
    expect(allowedBy(file.row, judged.answer)).toBe(true);
  });

  test("does nothing the verdict table forbids", () => {
    const forbidden = file.row?.get("must_not") ?? "";
    if (forbidden === "") return;
    if (judged.answer === "accept" || specific.has(file.name)) {
      const prove = specific.get(file.name);
      expect(prove, `no assertion for: ${forbidden}`).toBeDefined();
      prove?.(judged, file);
    } else {
      if (forbidden.includes("400")) expect(judged.answer).not.toBe(400);
      expect(judged.failure ?? judged.check ?? judged.by).toBeDefined();
    }
  });

  test("frames on a stream as expected, however it is chunked", () => {
    const whole = framed(file.bytes, file.bytes.length);
    expect(whole.map(({ kind }) => kind)).toEqual(file.expected?.stream ?? ["message"]);
    for (const chunk of [1, 2, 3, 7, 64]) expect(framed(file.bytes, chunk)).toEqual(whole);
  });

  test("can be answered, or sent on, without harm", () => {
    const answer = answerTo(judged);
    if (answer !== undefined) expect(controls(answer)).toBe(0);
    if (judged.message === undefined) return;
    for (const [form, framing] of forms) {
      const again = parseMessage(reserialize(judged.message, form), framing);
      if (again.kind === "failure") throw new Error(again.text);
      expect(model(again)).toEqual(model(judged.message));
    }
  });
});

/**
 * The table says what in words; the numbers and a few words in it are enough to hold an answer against. We end dialogs
 * ourselves, so the verdict for a user agent is ours too.
 */
function allowedBy(row: TortureFile["row"], answer: Judgement["answer"]): boolean {
  const edge = row?.get("edge_verdict") ?? "";
  if (answer === "drop") return edge.includes("drop");
  if (answer === "accept")
    return ["accept", "forward", "process", "itself may 200"].some((word) => edge.includes(word));
  return `${edge} ${row?.get("ua_or_registrar_verdict") ?? ""}`.includes(String(answer));
}

test("baddn gets 400 for its From too, once the empty line it lacks is there", () => {
  const file = folder.files.find(({ name }) => name === "baddn");
  const whole = Buffer.concat([file?.bytes ?? Buffer.alloc(0), Buffer.from("\r\n")]);
  expect(judge(whole)).toMatchObject({ answer: 400, by: "from" });
});

function answerTo({ answer, failure, message, check }: Judgement): Uint8Array | undefined {
  const packetSource = { address: "198.51.100.9", port: 40_000 };
  if (typeof answer !== "number") return undefined;
  if (failure?.echo !== undefined) return serializeResponse(responseToEcho(failure.echo, answer, { packetSource }));
  if (message?.kind !== "request") throw new Error("a status for something that is not a request");
  return serializeResponse(responseTo(message, answer, { packetSource, toTag: "edge", headers: check?.headers ?? [] }));
}

function controls(bytes: Uint8Array): number {
  const text = Buffer.from(bytes).toString("latin1").replaceAll("\r\n", "");
  return [...text].filter((char) => (char < " " && char !== "\t") || char === "\x7f").length;
}

function request({ message }: Judgement): Request {
  if (message?.kind !== "request") throw new Error("not a request");
  return message;
}

function contacts(judged: Judgement) {
  const list = parseContacts(request(judged).headers.all("Contact"));
  if (list === undefined || list === "*") throw new Error("no contacts");
  return list;
}

/** What must_not says of the files that are not simply refused. */
const specific = new Map<string, (judged: Judgement, file: TortureFile) => void>([
  [
    "wsinv",
    (judged) => {
      const { headers, to, from, cseq, maxForwards, vias } = request(judged);
      expect(headers.get("NewFangledHeader")).toBe("newfangled value continued newfangled value");
      expect(headers.get("UnknownHeaderWithUnusualValue")).toBe(";;,,;;,;");
      expect([to.tag, from.tag, from.displayName]).toEqual(["1918181833n", "98asjd8", 'J Rosenberg \\"']);
      expect([cseq, maxForwards, vias.length]).toEqual([{ number: 9, method: "INVITE" }, 68, 3]);
    },
  ],
  [
    "intmeth",
    (judged) => {
      expect(request(judged).method).toBe("!interesting-Method0123456789_*+`.%indeed'~");
      expect(request(judged).to.displayName).toBe("BEL:? NUL:? DEL:?");
    },
  ],
  [
    "esc01",
    (judged) => {
      const { requestUri } = request(judged);
      expect(requestUri).toMatchObject({ scheme: "sip", user: "sips:user@example.com", host: "example.net" });
      expect(contacts(judged)[0]?.uri).toMatchObject({
        user: "caller",
        params: [
          { name: "lr", value: undefined },
          { name: "name", value: "value%2541" },
        ],
      });
    },
  ],
  [
    "escnull",
    (judged) => {
      expect(request(judged).to.uri).toMatchObject({ user: "null-%00-null" });
      expect(contacts(judged).map(({ uri }) => uri.kind === "sip" && uri.user)).toEqual(["%00", "%00%00"]);
    },
  ],
  [
    "esc02",
    (judged) => {
      expect(request(judged).method).toBe("RE%47IST%45R");
      expect(contacts(judged)).toHaveLength(2);
      expect(request(judged).headers.get("C%6Fntact")).toBe("<sip:alias2@host2.example.com>");
    },
  ],
  // Answered here whatever its Request-URI: test/integration/options.
  ["zeromf", (judged) => expect(request(judged)).toMatchObject({ method: "OPTIONS", maxForwards: 0 })],
  ["lwsdisp", (judged) => expect(request(judged).from.displayName).toBe("caller")],
  [
    "longreq",
    (judged, { bytes }) => {
      expect(request(judged).vias).toHaveLength(34);
      expect(request(judged).size).toBe(bytes.length);
      expect(request(judged).callId.length).toBeGreaterThan(100);
      expect(request(judged).body).toHaveLength(150);
    },
  ],
  [
    "dblreq",
    (judged) => {
      expect([request(judged).method, request(judged).body.length]).toEqual(["REGISTER", 0]);
      expect(Buffer.from(reserialize(request(judged))).includes("INVITE")).toBe(false);
    },
  ],
  [
    "semiuri",
    (judged) => {
      expect(request(judged).requestUri).toMatchObject({
        user: "user;par=u@example.net",
        host: "example.com",
        params: [],
      });
    },
  ],
  ["transports", (judged) => expect(request(judged).vias).toHaveLength(5)],
  [
    "mpart01",
    (judged, { bytes }) => {
      expect(request(judged).body).toHaveLength(553);
      expect(Buffer.from(request(judged).body).equals(bytes.subarray(bytes.length - 553))).toBe(true);
    },
  ],
  ["unreason", (judged) => expect(judged.message).toMatchObject({ status: 200 })],
  ["noreason", (judged) => expect(judged.message).toMatchObject({ status: 100, reason: "" })],
  ["unksm2", (judged) => expect(request(judged).from.uri).toMatchObject({ kind: "other", scheme: "http" })],
  ["regaut01", (judged) => expect(request(judged).headers.get("Authorization")).toContain("NoOneKnowsThisScheme")],
  [
    "cparam01",
    (judged) => {
      const [contact] = contacts(judged);
      expect(contact?.params).toEqual([{ name: "unknownparam", value: undefined }]);
      expect(contact === undefined ? "" : formatNameAddr(contact)).toBe(
        "<sip:+19725552222@gw1.example.net>;unknownparam",
      );
    },
  ],
  [
    "cparam02",
    (judged) => {
      const [contact] = contacts(judged);
      expect(contact === undefined ? "" : formatNameAddr(contact)).toBe(
        "<sip:+19725552222@gw1.example.net;unknownparam>",
      );
    },
  ],
  [
    "regescrt",
    (judged) => {
      expect(contacts(judged)[0]?.uri).toMatchObject({ headers: "Route=%3Csip:sip.example.com%3E" });
      expect(request(judged).headers.has("Route")).toBe(false);
    },
  ],
  ["inv2543", (judged) => expect(request(judged)).toMatchObject({ maxForwards: undefined, from: { tag: undefined } })],
  ["bigcode", (judged) => expect(judged.message).toBeUndefined()],
  [
    "bext01",
    (judged) => {
      expect(judged.check?.headers).toEqual([
        [
          "Unsupported",
          "noProxiesSupportThis, norDoAnyProxiesSupportThis, nothingSupportsThis, nothingSupportsThisEither",
        ],
      ]);
    },
  ],
]);
