/** What the PBX is told of who signed: nothing, or what was found; never what somebody outside claims. */
import { describe, expect, test } from "vitest";
import { EdgeWorld } from "../support/edge-world.ts";
import { inviteLines, offer } from "../support/sip-script.ts";
import { dialled, ring, signed, verifyingSite } from "../support/stir-call.ts";

describe("verstat towards the PBX", () => {
  const verstat = (lines: readonly (() => string)[], rest = ", verstat: true", verify = "optional"): string => {
    const world = verifyingSite(verify, rest);
    ring(
      world,
      lines.map((line) => line()),
    );
    return world.pbx("trunks").request("INVITE").text;
  };

  test("says what was found, in From and in the asserted identity", () => {
    const text = verstat([
      () => signed(),
      () => "P-Asserted-Identity: <sip:+4930555000;verstat=No-TN-Validation@x.example>",
    ]);
    expect(text).toContain("From: <sip:+4930555000;verstat=TN-Validation-Passed@10.0.0.3;user=phone>;tag=");
    expect(text).toContain("P-Asserted-Identity: <sip:+4930555000;verstat=TN-Validation-Passed@10.0.0.3;user=phone>");
    expect(verstat([() => signed({ claims: { iat: 1 } })])).toContain("verstat=TN-Validation-Failed");
    expect(verstat([])).toContain("verstat=No-TN-Validation");
  });

  test("is not sent where it was not asked for, whatever a carrier claims (threat L7)", () => {
    const world = new EdgeWorld("", {
      trunks:
        '\n  - name: carrier\n    hosts: [{ uri: "sip:198.51.100.7" }]\n    numbers: { caller_id: pai, diversion: true }\n',
    });
    const carrier = world.carrier();
    const claim = "sip:+4930555000;verstat=TN-Validation-Passed@198.51.100.7;user=phone;verstat=TN-Validation-Passed";
    const extra = [
      `P-Asserted-Identity: <${claim}>`,
      `Diversion: <${claim}>;reason=unconditional`,
      signed(),
      "P-Attestation-Indicator: A",
      "Content-Type: application/sdp",
    ];
    carrier.send(inviteLines(carrier, { to: dialled, from: `<${claim}>`, extra }), offer);
    carrier.response(100);
    const { text } = world.pbx("trunks").request("INVITE");
    expect(text).toContain("P-Asserted-Identity: <sip:+4930555000@10.0.0.3>");
    expect(text.toLowerCase()).not.toMatch(/verstat|attestation|\nidentity/);
  });
});
