/** The two calls of `probe --deep`: one that demands SRTP and one that has none, with a guest beside each. */
import { randomBytes } from "node:crypto";
import { networkInterfaces } from "node:os";
import type { CallOutcome, CallSeen, GuestKind, GuestSeen } from "@ringfence/grade";
import { RingfenceError } from "@ringfence/policy";
import { openSoundSocket } from "../io/sound-socket.ts";
import type { TestCallOrder, TestCallReport } from "../test-call/order.ts";
import { placeTestCall } from "../test-call/place-test-call.ts";
import { Guest } from "./guest.ts";

/** Milliseconds of sound: longer than the guest speaks. */
const talk = 2_000;

export type CallParties = Pick<TestCallOrder, "caller" | "callee">;

/**
 * @param from address of this machine that the guest speaks from
 * @throws RingfenceError `no-test-call` when no call could be tried at all
 */
export async function seeCalls(order: Omit<TestCallOrder, "srtp" | "talk">, from: string): Promise<CallSeen> {
  const encrypted = await callWithGuest({ ...order, srtp: "required", talk }, from);
  const failed = encrypted.report.steps.at(-1);
  if (failed?.ok === false && (failed.step === "reach" || failed.step === "register")) {
    const remedy = failed.remedy ?? "Check the account and its password.";
    throw new RingfenceError("no-test-call", `the test call did not begin: ${failed.said}`, remedy);
  }
  const plain = await callWithGuest({ ...order, srtp: "off", talk }, from);
  return {
    encrypted: outcomeOf(encrypted.report),
    plain: outcomeOf(plain.report),
    guest: bothSeen(encrypted.guest, plain.guest),
  };
}

interface Called {
  readonly report: TestCallReport;
  readonly guest: GuestSeen | undefined;
}

async function callWithGuest(order: TestCallOrder, from: string): Promise<Called> {
  const elsewhere = await openSoundSocket(from, () => guest.came());
  const guest = new Guest({
    elsewhere,
    own: Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address)),
    random: randomBytes,
    repeat: (ms, work) => {
      const timer = setInterval(work, ms);
      return () => clearInterval(timer);
    },
  });
  try {
    return { report: await placeTestCall(order, undefined, guest), guest: guest.seen };
  } finally {
    guest.stop();
    elsewhere.close();
  }
}

function outcomeOf({ ok, suite, steps }: TestCallReport): CallOutcome {
  return { ok, suite, why: steps.find((step) => !step.ok)?.said ?? "" };
}

function bothSeen(one: GuestSeen | undefined, other: GuestSeen | undefined): GuestSeen | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const kinds = new Set<GuestKind>([...one.heard.keys(), ...other.heard.keys()]);
  const sum = (kind: GuestKind): number => (one.heard.get(kind) ?? 0) + (other.heard.get(kind) ?? 0);
  return { came: one.came + other.came, heard: new Map([...kinds].map((kind) => [kind, sum(kind)])) };
}
