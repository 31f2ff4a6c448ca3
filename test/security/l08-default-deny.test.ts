import { expect, test } from "vitest";
import { allMethods, callUp } from "../support/call-up.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { branch, registered } from "../support/sip-script.ts";

const standard = [
  "INVITE",
  "ACK",
  "BYE",
  "CANCEL",
  "REGISTER",
  "OPTIONS",
  "INFO",
  "UPDATE",
  "PRACK",
  "REFER",
  "NOTIFY",
  "SUBSCRIBE",
  "MESSAGE",
  "PUBLISH",
];

function outOfTheBlue(method: string, tag: string): readonly string[] {
  return [
    `${method} sip:1001@pbx.example.com SIP/2.0`,
    `Via: SIP/2.0/UDP 192.0.2.66:5060;branch=${branch()};rport`,
    "Max-Forwards: 70",
    "From: <sip:1001@pbx.example.com>;tag=made-up",
    `To: <sip:1001@pbx.example.com>${tag}`,
    `Call-ID: ${method}-stranger`,
    `CSeq: 5 ${method}`,
    "Contact: <sip:1001@192.0.2.66>",
    "Event: presence",
    "User-Agent: something long enough that an answer is never larger than this question was",
  ];
}

for (const method of [...standard, "FOO"]) {
  for (const tag of ["", ";tag=invented"]) {
    for (const methods of ["", allMethods]) {
      test(`threat L8: ${method} without credentials${tag === "" ? "" : ", as if in a dialog,"} reaches no phone and tells nothing${methods === "" ? "" : ", every method switched on"}`, () => {
        const world = new EdgeWorld("", methods === "" ? {} : { phones: methods });
        const victim = world.phone();
        registered(world, victim);
        const stranger = world.phone("192.0.2.66", 5060);
        stranger.send(outOfTheBlue(method, tag));
        expect(victim.inbox).toHaveLength(0);
        const toPbx = world.pbx().inbox.map((s) => (s.message.kind === "request" ? s.message.method : ""));
        // Only a REGISTER goes to the PBX unauthenticated: to be challenged.
        expect(toPbx).toEqual(method === "REGISTER" && tag === "" ? ["REGISTER"] : []);
        const status = stranger.inbox[0]?.message;
        const code = status?.kind === "response" ? status.status : undefined;
        if (method === "ACK" || (method === "REGISTER" && tag === "")) expect(code).toBeUndefined();
        else if (method === "OPTIONS" && tag === "") expect(code).toBe(200);
        else expect([403, 405, 481, 501]).toContain(code);
        expect(stranger.inbox.length).toBeLessThanOrEqual(1);
      });
    }
  }
}

for (const method of ["MESSAGE", "SUBSCRIBE", "REFER", "NOTIFY", "PUBLISH"]) {
  test(`threat L8: with every method switched on, ${method} in somebody else's dialog reaches nobody`, () => {
    const { world, invite, ok } = callUp(new EdgeWorld("", { phones: allMethods }));
    const stranger = world.phone("192.0.2.66", 5060);
    const before = world.sent.length;
    for (const known of [ok, invite]) {
      const lines = outOfTheBlue(method, "").map((line) => {
        if (line.startsWith("From:")) return `From: ${known.headers.get("From")}`;
        if (line.startsWith("To:")) return `To: ${known.headers.get("To")}`;
        return line.startsWith("Call-ID:") ? `Call-ID: ${known.callId}` : line;
      });
      stranger.send([...lines, "Refer-To: <sip:1002@pbx.example.com>"]);
    }
    const answers = world.sent.slice(before);
    expect(answers.every((sent) => sent.flow.id === stranger.flow.id)).toBe(true);
    for (const { text } of answers) expect(text).toMatch(/^SIP\/2.0 (403|405|481)/);
  });
}

test("threat L8: OPTIONS answers the same for a registered extension, an unknown one and none", () => {
  const world = new EdgeWorld();
  registered(world, world.phone());
  const answers = ["sip:1001@pbx.example.com", "sip:9999@pbx.example.com", "sip:pbx.example.com"].map((target) => {
    const stranger = world.phone("192.0.2.66", 5060);
    stranger.send(
      outOfTheBlue("OPTIONS", "").map((l) => l.replace("OPTIONS sip:1001@pbx.example.com", `OPTIONS ${target}`)),
    );
    return stranger.next().text.replaceAll(/(branch|tag)=[^;\r]*/g, "");
  });
  expect(new Set(answers).size).toBe(1);
});
