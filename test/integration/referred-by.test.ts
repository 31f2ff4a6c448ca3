/** RFC 3892 from the PBX to a phone: who transfers, in our words. */
import { expect, test } from "vitest";
import { allMethods, callUp, pbxDialog } from "../support/call-up.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { inDialogLines } from "../support/sip-script.ts";

test.each([
  ["Referred-By: Boss <sip:600@10.0.0.5;x=y?h=evil>;cid=inside", "<sip:600@pbx.example.com>"],
  ["Referred-By: <sip:10.0.0.5>", undefined],
  ["Referred-By: <https://10.0.0.5/>", undefined],
  ["Referred-By: <sip:600@10.0.0.5", undefined],
])("threat L6: %s of the PBX's REFER names a user at the phone's domain, or nobody", (field, named) => {
  const { phone, pbx, invite } = callUp(new EdgeWorld("", { phones: allMethods }));
  const fields = ["Refer-To: <sip:1002@10.0.0.5>", "Contact: <sip:600@10.0.0.5>", field];
  pbx.send(inDialogLines(pbx, "REFER", pbxDialog(invite, 1), fields));
  const { message, text } = phone.request("REFER");
  expect(message.headers.get("Referred-By")).toBe(named);
  expect(text).not.toMatch(/10\.0\.0\.|evil|Boss|inside/);
});
