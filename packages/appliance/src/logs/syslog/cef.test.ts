import { expect, test } from "vitest";
import { writtenFields } from "../../../../../test/support/written-fields.ts";
import { cefMessage, headerText, valueText } from "./cef.ts";

const at = 1_795_437_045_678;
const time = new Date(at).toISOString();

test("a line becomes a header with bars and pairs whose keys the format knows", () => {
  const fields = writtenFields({
    event: "refused",
    decision: "d1",
    call: "c1",
    transport: "udp",
    source: "192.0.2.1:5060",
    status: 403,
    reason: "not-in-dial-plan",
    account: "1001",
    from: "1001",
    to: "+49301***56",
    a_mos_min: 3.1,
  });
  expect(cefMessage({ at, time, level: "warn", fields }, "0.1.0", 8_000)).toBe(
    `CEF:0|Ringfence|Ringfence|0.1.0|refused|refused: not-in-dial-plan|6|rt=${at} cs1=d1 cs1Label=decision externalId=c1 proto=udp src=192.0.2.1 spt=5060 outcome=403 reason=not-in-dial-plan suid=1001 suser=1001 duser=+49301***56 rfAMosMin=3.1`,
  );
});

test("in the header bar and backslash are escaped, and a line end is a space", () => {
  expect(headerText("a|b\\c=d\r\ne")).toBe("a\\|b\\\\c=d  e");
});

test("in a value equals sign and backslash are escaped, and line ends are written as letters", () => {
  expect(valueText("a|b\\c=d\r\ne")).toBe("a|b\\\\c\\=d\\r\\ne");
});

test("a value cannot begin another pair, and a reason cannot begin another header field", () => {
  const fields = writtenFields({ event: "refused", reason: "x|9|src=10.0.0.1", detail: "y suser=root\nCEF:0|" });
  const text = cefMessage({ at, time, level: "info", fields }, "0.1.0", 8_000);
  expect(text).toContain("|refused: x\\|9\\|src=10.0.0.1|3|rt=");
  expect(text).toContain("reason=x|9|src\\=10.0.0.1 msg=y suser\\=root\\nCEF:0|");
});

test("an address of IPv6 loses its brackets, a masked one stays as it is", () => {
  const sourceOf = (source: string) =>
    cefMessage({ at, time, level: "info", fields: writtenFields({ event: "x", source }) }, "1", 8_000);
  expect(sourceOf("[2001:db8::1]:5061")).toContain("src=2001:db8::1 spt=5061");
  expect(sourceOf("***")).toContain("src=***");
});

test("what has no room is left out and counted", () => {
  const fields = writtenFields({ event: "x", detail: "y".repeat(900), to: "1" });
  const text = cefMessage({ at, time, level: "info", fields }, "1", 200);
  expect(text.endsWith("duser=1 rfCut=1")).toBe(true);
});
