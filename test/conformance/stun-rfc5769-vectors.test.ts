/** RFC 5769 §2.1 to §2.3: the request is read and proven, and our answer maps the address as the published ones do. */
import { expect, test } from "vitest";
import { bindingSuccess, integrityHolds, readBindingRequest } from "../../packages/media/src/ice-lite/stun.ts";
import { readAnswer } from "../support/stun-check.ts";
import vectors from "./fixtures/stun/rfc5769.json" with { type: "json" };

const password = Buffer.from(vectors.password);
const request = Buffer.from(vectors.request, "hex");

test("§2.1: the request's name, priority, fingerprint and integrity", () => {
  const read = readBindingRequest(request);
  expect(read).toMatchObject({ priority: 0x6e0001ff, useCandidate: false, controlled: true, unknown: [] });
  if (read === undefined) return;
  expect(Buffer.from(read.username).toString()).toBe(vectors.username);
  expect(integrityHolds(read, password)).toBe(true);
  expect(integrityHolds(read, Buffer.from("VOkJxbRl1RmTxUk/WvJxBs"))).toBe(false);
});

test("§2.1: with any octet changed it is not read, or not proven", () => {
  for (let at = 0; at < request.length; at++) {
    const changed = Buffer.from(request);
    changed[at] = (changed[at] as number) ^ 1;
    const read = readBindingRequest(changed);
    expect(read === undefined || !integrityHolds(read, password), `octet ${at}`).toBe(true);
  }
});

test.each(vectors.responses)("§$section: $address in XOR-MAPPED-ADDRESS", ({ address, port, hex }) => {
  const published = readAnswer(Buffer.from(hex, "hex"), vectors.password);
  const ours = readAnswer(bindingSuccess(request.subarray(8, 20), { address, port }, password), vectors.password);
  expect(ours?.type).toBe(0x0101);
  expect(ours?.attributes.get(0x0020)).toEqual(published?.attributes.get(0x0020));
});
