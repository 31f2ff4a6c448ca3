/** A guest beside a call, through services of this test: one that passes everything on, one that believes every tag, one that is right. */
import { createHash } from "node:crypto";
import type { GuestKind } from "@ringfence/grade";
import { createProtector, createUnprotector, keyAndSaltLength, maxExpansion } from "@ringfence/node-srtp";
import { expect, test } from "vitest";
import type { Agreed } from "../test-call/session.ts";
import { Guest } from "./guest.ts";

const suite = "AES_CM_128_HMAC_SHA1_80";
const dice = (seed: string) => (count: number) => createHash("sha512").update(seed).digest().subarray(0, count);
const key = (seed: string): Uint8Array => dice(seed)(keyAndSaltLength(suite));
const to = { address: "203.0.113.1", port: 10_000 };
const plain: Agreed = { to, format: 0, srtp: undefined };
const encrypted: Agreed = { to, format: 8, srtp: { suite, ours: key("ours"), theirs: key("theirs") } };

type Service = (packet: Buffer, from: "elsewhere" | "phone") => Uint8Array | undefined;

/** Two phones whose service is this one; everything that the guest may send is sent. */
function called(agreed: Agreed, service: Service, own: readonly string[] = []) {
  const rounds: (() => void)[] = [];
  const sent: Uint8Array[] = [];
  const through = (from: "elsewhere" | "phone") => (bytes: Uint8Array) => {
    sent.push(bytes);
    const out = service(Buffer.from(bytes), from);
    if (out !== undefined) guest.heard("callee", out);
  };
  const guest: Guest = new Guest({
    elsewhere: { send: through("elsewhere") },
    own,
    random: dice("guest"),
    repeat: (_ms, work) => {
      rounds.push(work);
      return () => void rounds.splice(0);
    },
  });
  guest.agreed("callee", agreed, through("phone"));
  while (rounds.length > 0) for (const work of [...rounds]) work();
  return { guest, sent };
}

const heard = (guest: Guest): Readonly<Record<string, number>> =>
  Object.fromEntries<number>(guest.seen?.heard ?? new Map<GuestKind, number>());

test("where everything is passed on, each of its packets is heard, and there are no more than were promised", () => {
  const { guest, sent } = called(plain, (packet) => packet);
  expect(heard(guest)).toEqual({ early: 5, late: 25 });
  expect(sent).toHaveLength(30);
  guest.came();
  expect(guest.seen?.came).toBe(1);
});

test("a service that is right passes none of it on", () => {
  const key = createUnprotector(suite, (encrypted.srtp as NonNullable<Agreed["srtp"]>).ours);
  const { guest } = called(encrypted, (packet) => (key.rtp(packet, packet.length) < 0 ? undefined : packet));
  expect(heard(guest)).toEqual({ early: 0, late: 0, clear: 0, forged: 0 });
});

test("a service that believes every tag is found out, and one that takes what is in clear", () => {
  const { ours, theirs } = encrypted.srtp as NonNullable<Agreed["srtp"]>;
  const [take, give] = [createUnprotector(suite, ours), createProtector(suite, theirs)];
  const { guest, sent } = called(encrypted, (packet) => {
    // As if it had not looked: the one bit that is wrong is made right.
    const opened = Buffer.from(packet);
    opened[opened.length - 1] = (opened.at(-1) ?? 0) ^ 1;
    const length = take.rtp(opened, opened.length);
    const inside = length < 0 ? packet : opened.subarray(0, length);
    const out = Buffer.alloc(inside.length + maxExpansion);
    out.set(inside);
    return out.subarray(0, Math.max(0, give.rtp(out, inside.length)));
  });
  expect(sent).toHaveLength(80);
  expect(heard(guest)).toEqual({ early: 5, late: 25, clear: 25, forged: 25 });
});

test("where phones talk past the service nothing is sent, and nothing is known", () => {
  const { guest, sent } = called(plain, (packet) => packet, [to.address]);
  expect(sent).toEqual([]);
  expect(guest.seen).toBeUndefined();
});
