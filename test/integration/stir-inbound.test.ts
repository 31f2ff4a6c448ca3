/** Calls of a carrier whose callers' numbers are verified: what the carrier is told, and what the PBX gets. */
import { describe, expect, test } from "vitest";
import { makeCertificate } from "../support/certificates.ts";
import { answer, inDialogLines, inviteLines, offer, replyLines } from "../support/sip-script.ts";
import { identity, makeSigner, now, x5u } from "../support/stir.ts";
import { dialled, fetches, outcomes, ring, signed, signer, signerFor, verifyingSite } from "../support/stir-call.ts";

describe("a trunk with verify: required", () => {
  test("lets a rightly signed call through, and the PBX sees nothing of the token", () => {
    const world = verifyingSite();
    ring(world, [signed()]);
    const { text } = world.pbx("trunks").request("INVITE");
    expect(text.toLowerCase()).not.toMatch(/^identity|verstat|x5u|^date/m);
    expect(outcomes(world)).toEqual(["verified"]);
    expect(world.outputs).toContainEqual({
      kind: "count",
      count: { name: "identity_verifications", trunk: "carrier", outcome: "verified", attest: "A" },
    });
  });

  test.each([
    [428, "absent", []],
    [
      436,
      "x5u-refused",
      [
        () =>
          signed({ header: { x5u: "https://evil.example/x" }, params: ";info=<https://evil.example/x>;ppt=shaken" }),
      ],
    ],
    [437, "algorithm", [() => signed({ header: { alg: "none" } })]],
    [
      438,
      "signature",
      [
        () =>
          signed()
            .replace(/\.[\w-]{8}/, ".AAAAAAAA")
            .replace("Identity", "y") && tampered(),
      ],
    ],
    [438, "caller-differs", [() => signed({ claims: { orig: { tn: "4930555001" } } })]],
    [438, "called-differs", [() => signed({ claims: { dest: { tn: ["4930999"] } } })]],
    [403, "stale", [() => signed({ claims: { iat: now() - 61 } })]],
    [438, "unreadable", [() => "Identity: nonsense"]],
    [428, "unsupported", [() => signed({ header: { ppt: "div" }, params: `;info=<${x5u}>;ppt=div` })]],
  ] as readonly (readonly [number, string, readonly (() => string)[]])[])(
    "refuses with %d: %s",
    (status, outcome, lines) => {
      const world = verifyingSite();
      ring(
        world,
        lines.map((line) => line()),
      );
      const { message } = world.carrier().response(status);
      expect(message.to.tag).toBeDefined();
      expect(outcomes(world)).toEqual([outcome]);
      expect(world.pbx("trunks").inbox).toEqual([]);
      expect(world.core.counts()).toMatchObject({ calls: 0 });
      expect(world.events("call").at(-1)).toMatchObject({ reason: "identity", identity: outcome, status });
    },
  );
});

/** The right token with another signature of the right length. */
function tampered(): string {
  const value = identity({ key: signer.key });
  const [token = "", ...params] = value.split(";");
  const [header, payload] = token.split(".");
  const [, , other] =
    identity({ key: signer.key, claims: { attest: "C" } })
      .split(";")[0]
      ?.split(".") ?? [];
  return `y: ${header}.${payload}.${other};${params.join(";")}`;
}

describe("a call that was forwarded on its way (RFC 8946)", () => {
  const toOther = () => signed({ claims: { dest: { tn: ["4930111"] } } });
  const div = (key = signer.key, from = x5u) =>
    `Identity: ${identity({
      key,
      header: { ppt: "div", x5u: from },
      claims: { attest: undefined, origid: undefined, div: { tn: "4930111" } },
      params: `;info=<${from}>;ppt=div`,
    })}`;

  test("is verified when each token holds, and tells the caller's attestation; the PBX sees no token", () => {
    const world = verifyingSite();
    ring(world, [toOther(), div()]);
    const { text } = world.pbx("trunks").request("INVITE");
    expect(text.toLowerCase()).not.toMatch(/^identity|x5u/m);
    expect(world.events("identity").at(-1)).toMatchObject({ reason: "verified", identity: "verified-A" });
  });

  test("is refused when the one who forwarded is not who the certificate says", async () => {
    const stranger = await makeSigner(await makeCertificate({ authority: true }));
    const world = verifyingSite();
    ring(world, [toOther(), div(stranger.key)]);
    world.carrier().response(438);
    expect(outcomes(world)).toEqual(["signature"]);
  });

  test("has a certificate fetched for each signer, and is judged by the number that was forwarded", async () => {
    const second = "https://certificates.example/second.pem";
    for (const [number, outcome] of [
      ["4930111", "verified"],
      ["4930112", "certificate-number"],
    ] as const) {
      const forwarder = await signerFor(number);
      const world = verifyingSite();
      world.credentials = (url) => ({
        ok: true,
        pem: url === second ? forwarder.cert : signer.cert,
        maxAgeMs: undefined,
      });
      ring(world, [toOther(), div(forwarder.key, second)]);
      expect([outcomes(world), fetches(world)]).toEqual([[outcome], 2]);
    }
  });

  test("waits two seconds for a certificate, and after two seconds for no further one", () => {
    const world = verifyingSite("optional");
    const second = "https://certificates.example/second.pem";
    const answer = { ok: true, pem: signer.cert, maxAgeMs: undefined } as const;
    world.credentials = () => undefined;
    ring(world, [toOther(), div(signer.key, second)]);
    world.advance(1_999);
    world.feed({ kind: "credential", url: x5u, answer });
    expect(fetches(world)).toBe(2);
    world.advance(2_000);
    expect(world.events("identity").at(-1)).toMatchObject({ reason: "x5u-unreachable", from: "+4930555000" });
    world.pbx("trunks").request("INVITE");
  });

  test("brings its tokens once", () => {
    const world = verifyingSite();
    const lines = [toOther(), div()];
    ring(world, lines);
    ring(world, lines);
    expect(outcomes(world)).toEqual(["verified", "replayed"]);
  });
});

describe("while the certificate is fetched", () => {
  test("the call waits, one fetch serves all, and the next call needs none", () => {
    const world = verifyingSite();
    world.credentials = () => undefined;
    ring(world, [signed()]);
    ring(world, [signed({ claims: { origid: "another" } })]);
    expect(world.pbx("trunks").inbox).toEqual([]);
    expect(fetches(world)).toBe(1);
    world.feed({ kind: "credential", url: x5u, answer: { ok: true, pem: signer.cert, maxAgeMs: undefined } });
    expect(world.pbx("trunks").inbox).toHaveLength(2);
    ring(world, [signed({ claims: { origid: "a third" } })]);
    expect(world.pbx("trunks").inbox).toHaveLength(3);
    expect(fetches(world)).toBe(1);
  });

  test("it waits two seconds and no longer; then required refuses and optional lets it through", () => {
    for (const verify of ["required", "optional"]) {
      const world = verifyingSite(verify);
      world.credentials = () => undefined;
      ring(world, [signed()]);
      world.advance(1_999);
      expect(outcomes(world)).toEqual([]);
      world.advance(1);
      expect(world.events("call").at(-1)?.identity ?? outcomes(world).at(-1)).toBe("x5u-unreachable");
      if (verify === "required") world.carrier().response(436);
      else world.pbx("trunks").request("INVITE");
      // What comes too late changes nothing, and the next call does not wait for what just failed.
      world.feed({ kind: "credential", url: x5u, answer: { ok: true, pem: signer.cert, maxAgeMs: undefined } });
      ring(world, [signed({ claims: { origid: "next" } })]);
      expect(fetches(world)).toBe(1);
      expect(world.core.counts().calls).toBe(verify === "required" ? 0 : 2);
    }
  });

  test("a caller who gives up is heard, and the PBX never rings", () => {
    const world = verifyingSite();
    world.credentials = () => undefined;
    const carrier = world.carrier();
    const lines = inviteLines(carrier, {
      to: dialled,
      from: "<sip:+4930555000@198.51.100.7>",
      callId: "given-up",
      extra: [signed(), "Content-Type: application/sdp"],
    });
    carrier.send(lines, offer);
    carrier.response(100);
    const via = lines.find((line) => line.startsWith("Via:")) ?? "";
    const kept = lines.filter((line) => ["Max-", "From", "To: ", "Call"].includes(line.slice(0, 4)));
    carrier.send([`CANCEL ${dialled} SIP/2.0`, via, ...kept, "CSeq: 10 CANCEL"]);
    expect([carrier.next(), carrier.next()].map(({ text }) => text.slice(8, 11)).sort()).toEqual(["200", "487"]);
    world.feed({ kind: "credential", url: x5u, answer: { ok: true, pem: signer.cert, maxAgeMs: undefined } });
    expect(world.pbx("trunks").inbox).toEqual([]);
    expect(world.core.counts().calls).toBe(0);
  });

  test("no more than eight are fetched at one time", () => {
    const world = verifyingSite();
    world.credentials = () => undefined;
    for (let n = 0; n < 9; n++) {
      const url = `https://certificates.example/${n}`;
      ring(world, [signed({ header: { x5u: url }, params: `;info=<${url}>;ppt=shaken` })]);
    }
    expect(fetches(world)).toBe(8);
    expect(outcomes(world)).toEqual(["x5u-unreachable"]);
    world.advance(2_000);
    expect(world.core.counts()).toMatchObject({ calls: 0 });
  });
});

test("the same token in another call is a copy, in the same call another host of the carrier", () => {
  const world = verifyingSite();
  const line = signed();
  ring(world, [line], "one-call");
  // While the first is being answered, a second would be the same call come another way (482).
  const pbx = world.pbx("trunks");
  pbx.send(replyLines(pbx.request("INVITE").message, "503 Service Unavailable"));
  world.advance(33_000);
  world.carrier().inbox.length = 0;
  ring(world, [line], "one-call");
  ring(world, [line], "another-call");
  expect(outcomes(world)).toEqual(["verified", "verified", "replayed"]);
  world.carrier().response(438);
});

test("a verified call is a call like any other: it is answered, and ends", () => {
  const world = verifyingSite();
  ring(world, [signed()], "whole-call");
  const pbx = world.pbx("trunks");
  const invite = pbx.request("INVITE").message;
  pbx.send([...replyLines(invite, "200 OK", ["Contact: <sip:600@10.0.0.5>"]), "Content-Type: application/sdp"], answer);
  const carrier = world.carrier();
  const ok = carrier.response(200).message;
  const dialog = {
    target: ok.headers.get("Contact")?.slice(1, -1) ?? "",
    from: "<sip:+4930555000@198.51.100.7>;tag=caller",
    to: ok.headers.get("To") ?? "",
    callId: "whole-call",
    cseq: 10,
  };
  carrier.send(inDialogLines(carrier, "ACK", dialog));
  pbx.request("ACK");
  carrier.send(inDialogLines(carrier, "BYE", { ...dialog, cseq: 11 }));
  carrier.response(200);
  expect(world.events("call").at(-1)).toMatchObject({ reason: "hangup", identity: "verified-A" });
});
