import { expect, test } from "vitest";
import { parseNameAddr, parseUri, parseVia, rebuildVia, writeUri } from "./sip-address.ts";
import { cseqOf, header, headerList, parseSip, readCount, splitList } from "./sip-message.ts";
import { SipStream } from "./sip-stream.ts";

const text = (lines: readonly string[], body = ""): Buffer =>
  Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`, "latin1");

const usual = ["v: SIP/2.0/UDP a:5070;branch=z9hG4bK1", "f: <sip:a@b>;tag=1", "t: <sip:c@d>", "i: x", "CSeq: 7 INVITE"];

test("compact names, folded values and lists are read", () => {
  const message = parseSip(
    text(["INVITE sip:c@d SIP/2.0", ...usual, "Contact: <sip:a@b>,", ' "x, y" <sip:c@d>', "l: 2"], "hi!"),
  );
  expect(message).toMatchObject({ kind: "request", method: "INVITE", uri: "sip:c@d" });
  if (message === undefined) return;
  expect(header(message, "call-id")).toBe("x");
  expect(headerList(message, "contact")).toEqual(["<sip:a@b>", '"x, y" <sip:c@d>']);
  expect(cseqOf(message)).toEqual({ number: 7, method: "INVITE" });
  expect(message.body.toString()).toBe("hi");
});

test("what is not a message is refused", () => {
  const bad = [
    text(["INVITE sip:c@d", ...usual]),
    text(["INVITE sip:c@d SIP/2.0", ...usual.slice(1)]),
    text(["INVITE sip:c@d SIP/2.0", ...usual, "Content-Length: 9"], "short"),
    text(["INVITE sip:c@d SIP/2.0", ...usual, "Content-Length: 1x"], "s"),
    text(["SIP/2.0 99 Low", ...usual]),
    Buffer.from("hello"),
  ];
  for (const bytes of bad) expect(parseSip(bytes)).toBeUndefined();
});

test("numbers are digits only", () => {
  expect(["5060", "", "-1", "1e3", " 5", "99999999999"].map(readCount)).toEqual([
    5060,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("a comma in quotes or in angle brackets does not split", () => {
  expect(splitList('"a,b" <sip:x@y;p=1,2>, <sip:z@y>')).toEqual(['"a,b" <sip:x@y;p=1,2>', "<sip:z@y>"]);
});

test("URIs keep what they must and lose the port 5060", () => {
  const uri = parseUri("sip:1001@192.168.1.8:5060;ob;rf=ab-1");
  expect(uri && writeUri(uri)).toBe("sip:1001@192.168.1.8;ob;rf=ab-1");
  expect(parseUri("tel:+4930;phone-context=x")).toMatchObject({ scheme: "tel", user: "+4930" });
  expect(parseUri("sip:u@[2001:db8::1]:5062")).toMatchObject({ host: "2001:db8::1", port: 5062 });
  expect([parseUri("http://x"), parseUri("sip:u@h:99999"), parseUri("sip:u@")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("a name-addr may have a display name with an angle bracket in it", () => {
  expect(parseNameAddr('"a <b>" <sip:c@d>;tag=9')).toMatchObject({ display: '"a <b>"', uri: { user: "c" } });
});

test("Via is written anew: branch, received, rport, and nothing else", () => {
  const via = parseVia("SIP/2.0/TCP 192.168.1.8:5060;rport;alias;branch=z9hG4bKPj");
  expect(via && rebuildVia(via, { received: "192.168.1.8", rport: 38_859 })).toBe(
    "SIP/2.0/TCP 192.168.1.8:5060;branch=z9hG4bKPj;received=192.168.1.8;rport=38859",
  );
});

test("a stream is cut at Content-Length, wherever its chunks end", () => {
  const one = text(["OPTIONS sip:c@d SIP/2.0", ...usual, "Content-Length: 3"], "abc");
  const both = Buffer.concat([Buffer.from("\r\n\r\n"), one, one]);
  const stream = new SipStream();
  let pongs = 0;
  const pong = () => {
    pongs += 1;
  };
  const cut: string[] = [];
  for (const byte of both) for (const m of stream.push(Buffer.from([byte]), pong) ?? []) cut.push(m.toString());
  expect(cut).toEqual([one.toString(), one.toString()]);
  expect(new SipStream().push(both, pong)).toHaveLength(2);
  expect(pongs).toBe(1);
});

test("a stream without a usable Content-Length is given up", () => {
  const lines = ["OPTIONS sip:c@d SIP/2.0", ...usual, "Content-Length: many"];
  expect(new SipStream().push(text(lines), () => {})).toBeUndefined();
});
