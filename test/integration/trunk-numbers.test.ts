import type { Request } from "@ringfence/sip";
import { expect, test } from "vitest";
import { dial } from "../support/carrier-call.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { inviteLines, offer, replyLines } from "../support/sip-script.ts";

const trunk = (numbers: string) => `
  - name: carrier
    hosts: [{ uri: "sip:198.51.100.7" }]
    from: [198.51.100.7]
    numbers: { ${numbers} }
`;
const german = 'country_code: "49"';

function dialled(numbers: string, number: string, extra: readonly string[] = []): Request {
  const world = new EdgeWorld("", { trunks: trunk(numbers) });
  dial(world, number, extra);
  return world.carrier().request("INVITE").message;
}

function called(numbers: string, lines: (plain: readonly string[]) => readonly string[]): Request {
  const world = new EdgeWorld("", { trunks: trunk(numbers) });
  const carrier = world.carrier();
  const plain = inviteLines(carrier, {
    to: "sip:+4930777@203.0.113.1",
    from: '"A. Caller" <sip:+4917012345@198.51.100.7>',
  });
  carrier.send([...lines(plain), "Content-Type: application/sdp"], offer);
  carrier.response(100);
  return world.pbx("trunks").request("INVITE").message;
}

test("dialled numbers reach the carrier in its form, behind its technical prefix", () => {
  const invite = dialled(`format: e164, ${german}, tech_prefix: "771"`, "030123456");
  expect(invite.requestUri).toMatchObject({ kind: "sip", user: "771+4930123456", host: "198.51.100.7" });
  expect(invite.to.uri).toMatchObject({ user: "771+4930123456" });
  expect(dialled(`format: national, ${german}`, "+4930123456").requestUri).toMatchObject({ user: "030123456" });
});

test("threat L15: an emergency number is dialled as it is", () => {
  const invite = dialled(`format: national, ${german}, tech_prefix: "771", user_phone: true`, "112");
  expect(invite.requestUri).toMatchObject({ user: "112" });
});

test("threat L15: no limit of a trunk keeps an emergency call from its carrier, nor from the next one", () => {
  const world = new EdgeWorld("", {
    trunks: `
  - { name: one, hosts: [{ uri: "sip:198.51.100.1" }], limits: { calls: 1, calls_per_second: 1, out: { calls: 0 } } }
  - { name: two, hosts: [{ uri: "sip:198.51.100.2" }], limits: { out: { calls: 0 } } }
`,
  });
  dial(world, "112");
  const first = world.carrier("198.51.100.1", "one");
  first.send(replyLines(first.request("INVITE").message, "503 Service Unavailable"));
  expect(world.carrier("198.51.100.2", "two").request("INVITE").message.requestUri).toMatchObject({ user: "112" });
  expect(() => dial(world, "+4930")).toThrow(/not a 100/);
});

test("a carrier that wants tel: gets it, and user=phone stands where there is a number", () => {
  expect(dialled(`format: e164, ${german}, scheme: tel`, "030123456").requestUri.raw).toBe("tel:+4930123456");
  expect(dialled(`${german}, scheme: tel`, "116117").requestUri.raw).toBe("tel:116117;phone-context=+49");
  expect(dialled("user_phone: true", "+4930123456").requestUri.raw).toBe("sip:+4930123456@198.51.100.7;user=phone");
  expect(dialled("user_phone: true", "*21#").requestUri.raw).not.toContain("user=phone");
});

test("the caller's number stands where the carrier looks for it, at an address of ours", () => {
  const pai = dialled(`caller_id: pai, format: national, ${german}`, "+441632960000");
  expect(pai.headers.get("P-Asserted-Identity")).toBe("<sip:0301001@203.0.113.1>");
  expect(pai.headers.get("From")).toMatch(/^<sip:0301001@203\.0\.113\.1>;tag=/);
  const rpid = dialled("caller_id: rpid", "+4930123456");
  expect(rpid.headers.get("Remote-Party-ID")).toBe("<sip:+49301001@203.0.113.1>;party=calling;screen=yes;privacy=off");
  expect(dialled("caller_id: from", "+4930123456").headers.has("P-Asserted-Identity")).toBe(false);
});

test("a caller who hides is hidden, and only the carrier's own header says who it is", () => {
  const extra = ["P-Asserted-Identity: <sip:+49309999@10.0.0.5>", "Privacy: id"];
  const invite = dialled("caller_id: pai", "+4930123456", extra);
  expect(invite.headers.get("From")).toMatch(/^"?Anonymous"? <sip:anonymous@anonymous\.invalid>;tag=/);
  expect(invite.headers.get("P-Asserted-Identity")).toBe("<sip:+49309999@203.0.113.1>");
  expect(invite.headers.get("Privacy")).toBe("id");
  expect(invite.headers.get("Contact")).not.toContain("9999");
  const plain = dialled("caller_id: from", "+4930123456", extra);
  expect(plain.headers.has("P-Asserted-Identity")).toBe(false);
});

test("threat L6: of the PBX's identity headers a carrier sees what was written anew, and no address inside", () => {
  const extra = [
    "P-Asserted-Identity: <sip:+49309999@10.0.0.5;x=1>",
    "Diversion: <sip:+4930555@10.0.0.5:5060>;reason=user-busy;privacy=off;screen=no",
    "History-Info: <sip:+4930555@10.0.0.5>;index=1",
    "P-Charging-Vector: icid-value=10.0.0.5",
  ];
  const invite = dialled("caller_id: pai, diversion: true", "+4930123456", extra);
  expect(invite.headers.get("Diversion")).toBe("<sip:+4930555@203.0.113.1>;reason=user-busy");
  for (const { value } of invite.headers) expect(value).not.toContain("10.0.0.");
  expect(dialled("caller_id: from", "+4930123456", extra).headers.has("Diversion")).toBe(false);
});

test("a carrier's asserted identity becomes the PBX's caller, written anew", () => {
  const invite = called("caller_id: pai, diversion: true", (lines) => [
    ...lines,
    "P-Asserted-Identity: <tel:+49-170-999>",
    "Diversion: <sip:+4930888@carrier.example>;reason=unheard-of",
  ]);
  expect(invite.headers.get("From")).toMatch(/^"?A\. Caller"? <sip:\+49-?170-?999@10\.0\.0\.3>;tag=/);
  expect(invite.headers.get("P-Asserted-Identity")).toMatch(/^<sip:\+49-?170-?999@10\.0\.0\.3>$/);
  expect(invite.headers.get("Diversion")).toBe("<sip:+4930888@10.0.0.3>;reason=unknown");
});

test("threat L7: without the trunk's word the carrier's identity headers are not looked at", () => {
  const invite = called("caller_id: from", (lines) => [
    ...lines,
    "P-Asserted-Identity: <sip:110@198.51.100.7>",
    "Remote-Party-ID: <sip:110@198.51.100.7>;party=calling",
    "Diversion: <sip:110@198.51.100.7>",
  ]);
  expect(invite.from.uri).toMatchObject({ user: "+4917012345" });
  for (const name of ["P-Asserted-Identity", "Remote-Party-ID", "Diversion"])
    expect(invite.headers.has(name)).toBe(false);
});

test("a caller who hides towards the callee is anonymous at the PBX, which alone learns the number", () => {
  const invite = called("caller_id: rpid", (lines) => [
    ...lines,
    "Remote-Party-ID: <sip:+49170999@198.51.100.7>;party=calling;privacy=full",
  ]);
  expect(invite.headers.get("From")).toMatch(/^<sip:anonymous@10\.0\.0\.3>;tag=/);
  expect(invite.headers.get("P-Asserted-Identity")).toBe("<sip:+49170999@10.0.0.3>");
  expect(invite.headers.get("Privacy")).toBe("id");
});

test("a carrier may dial tel:", () => {
  const invite = called("caller_id: from", (lines) =>
    lines.map((l) =>
      l.startsWith("INVITE ") ? "INVITE tel:+4930777 SIP/2.0" : l.startsWith("To:") ? "To: <tel:+4930777>" : l,
    ),
  );
  expect(invite.requestUri).toMatchObject({ kind: "sip", user: "+4930777", host: "10.0.0.5" });
});
