import type { Config } from "../config/config.ts";
import type { Side } from "../subject.ts";
import { drops, type Filter, passes, rejects, type Step } from "./filter.ts";

type Methods = Config["phones"]["methods"];

/** The fourteen methods of RFC 3261, 3262, 3311, 3428, 3515, 3903, 6086 and 6665: known, whether served or not. */
const known = [
  "ACK BYE CANCEL INFO INVITE MESSAGE NOTIFY OPTIONS PRACK PUBLISH REFER REGISTER SUBSCRIBE UPDATE",
].flatMap((line) => line.split(" "));

const insideDialog = ["ACK", "BYE", "CANCEL", "INFO", "INVITE", "OPTIONS", "PRACK", "UPDATE"];

/** Requests that stand alone. CANCEL belongs to a transaction; the edge answers 481 if there is none. */
const outsideDialog: Readonly<Record<Side, readonly string[]>> = {
  phone: ["CANCEL", "INVITE", "OPTIONS", "REGISTER"],
  trunk: ["CANCEL", "INVITE", "OPTIONS"],
  core: ["CANCEL", "INVITE", "OPTIONS"],
};

/**
 * What a switch of `phones.methods` adds. A notification without a dialog comes from the PBX only: a phone has nothing to
 * tell anybody who did not ask.
 */
const switches: Readonly<Record<keyof Methods, Readonly<Record<Side | "inside", readonly string[]>>>> = {
  subscribe: {
    phone: ["SUBSCRIBE", "PUBLISH"],
    trunk: [],
    core: ["NOTIFY"],
    inside: ["SUBSCRIBE", "NOTIFY"],
  },
  message: { phone: ["MESSAGE"], trunk: [], core: ["MESSAGE"], inside: ["MESSAGE"] },
  refer: { phone: [], trunk: [], core: [], inside: ["REFER", "NOTIFY"] },
};

const switchNames = ["subscribe", "message", "refer"] as const;

const fine = passes("method", "the method is served here");
const notAllowed = rejects(
  "method",
  "method-not-allowed",
  "the method is not served on this side, or not here in a dialog",
);
const outsideCall = rejects(
  "method",
  "refer-outside-call",
  "REFER is served inside a call, or with a Target-Dialog that names one of the sender's",
  "phones.methods.refer",
);
const noDialog = rejects("method", "no-dialog", "the method needs a dialog, and the request belongs to none");
const unknown = rejects("method", "method-unknown", "the method is none of the fourteen");
/** RFC 3261 §17.1.1.3: an ACK is never answered. */
const strayAck = drops("method", "no-dialog", "an ACK that belongs to no dialog");

/** Default deny: every method on every side, in a dialog and out of one, has its entry; what has none is not known. */
function table(methods: Methods, side: Side, inside: boolean): ReadonlyMap<string, Step> {
  const added = (name: keyof Methods) => {
    if (!inside) return switches[name][side];
    return side === "trunk" ? [] : switches[name].inside;
  };
  const on = switchNames.filter((name) => methods[name]);
  const allowed = [...(inside ? insideDialog : outsideDialog[side]), ...on.flatMap(added)];
  return new Map(
    known.map((method): [string, Step] => {
      if (allowed.includes(method)) return [method, fine];
      if (method === "ACK") return [method, strayAck];
      if (!inside && insideDialog.includes(method)) return [method, noDialog];
      if (method === "REFER" && side === "phone" && methods.refer) return [method, outsideCall];
      const off = switchNames.find((name) => added(name).includes(method));
      return [method, off === undefined ? notAllowed : switchedOff(off)];
    }),
  );
}

function switchedOff(name: keyof Methods): Step {
  return rejects("method", "method-not-allowed", "the method is switched off", `phones.methods.${name}`);
}

export function methodFilter(methods: Methods): Filter {
  const both = (side: Side) => ({ inside: table(methods, side, true), outside: table(methods, side, false) });
  const sides = { phone: both("phone"), trunk: both("trunk"), core: both("core") };
  return ({ side, inDialog, method }) => sides[side][inDialog ? "inside" : "outside"].get(method) ?? unknown;
}
