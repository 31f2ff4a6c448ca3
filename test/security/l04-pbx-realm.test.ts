/** Threat L4: a PBX that passes on a challenge of somebody behind it gets no answer to it from us. */
import { expect, test } from "vitest";
import { phoneDialog } from "../support/call-up.ts";
import { challengeLines, edgeCallUp, proves, siteUp } from "../support/edge-call.ts";
import { inDialogLines } from "../support/sip-script.ts";

function challengedInfo(realm: string, pbx?: string): "answered" | "refused" {
  const call = edgeCallUp(siteUp(pbx === undefined ? {} : { pbx }));
  call.phone.send(
    inDialogLines(call.phone, "INFO", phoneDialog(call.ok, 11), ["Content-Type: application/dtmf-relay"]),
    "Signal=1\r\n",
  );
  call.pbx.send(challengeLines(call.pbx.request("INFO").message, 407, realm));
  if (call.pbx.inbox.length > 0) return proves(call.pbx.request("INFO").message, realm) ? "answered" : "refused";
  expect(call.phone.response(403).text).not.toContain(`realm="${realm}"`);
  return "refused";
}

test("threat L4: only a realm that the PBX's own registrar named is answered inside a call", () => {
  expect(challengedInfo("myvoipapp.com")).toBe("answered");
  for (const realm of ["carrier.example", "myvoipapp.com.", "MyVoipApp.com", "pbx.example.com"])
    expect(challengedInfo(realm)).toBe("refused");
});

test("threat L4: `pbx.realms` says which realms are answered", () => {
  const pbx = (realms: string) => `address: 10.0.0.5:5060\n  realms: [${realms}]`;
  expect(challengedInfo("other.example", pbx("myvoipapp.com, other.example"))).toBe("answered");
  expect(challengedInfo("carrier.example", pbx("myvoipapp.com, other.example"))).toBe("refused");
});
