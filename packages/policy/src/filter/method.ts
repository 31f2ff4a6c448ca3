import type { Side } from "../subject.ts";
import { drops, type Filter, passes, rejects, type Step } from "./filter.ts";

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

const fine = passes("method", "the method is served here");
const notAllowed = rejects(
  "method",
  "method-not-allowed",
  "the method is not served on this side, or not here in a dialog",
);
const noDialog = rejects("method", "no-dialog", "the method needs a dialog, and the request belongs to none");
const unknown = rejects("method", "method-unknown", "the method is none of the fourteen");
/** RFC 3261 §17.1.1.3: an ACK is never answered. */
const strayAck = drops("method", "no-dialog", "an ACK that belongs to no dialog");

/** Default deny: every method on every side, in a dialog and out of one, has its entry; what has none is not known. */
function table(side: Side, inside: boolean): ReadonlyMap<string, Step> {
  const allowed = inside ? insideDialog : outsideDialog[side];
  return new Map(
    known.map((method): [string, Step] => {
      if (allowed.includes(method)) return [method, fine];
      if (method === "ACK") return [method, strayAck];
      return [method, !inside && insideDialog.includes(method) ? noDialog : notAllowed];
    }),
  );
}

export function methodFilter(): Filter {
  const inside = { phone: table("phone", true), trunk: table("trunk", true), core: table("core", true) };
  const outside = { phone: table("phone", false), trunk: table("trunk", false), core: table("core", false) };
  return ({ side, inDialog, method }) => (inDialog ? inside : outside)[side].get(method) ?? unknown;
}
