/**
 * dialog-info documents (RFC 4235), for busy lamps: read, and written anew for the other side. URIs keep their user part
 * only. A dialog that is a call of ours gets a name by which it can be picked up (`call/pickup-name.ts`); any other has
 * none, for its Call-ID and tags are the PBX's business.
 */
import { pickupName } from "../call/pickup-name.ts";
import { parseSeconds } from "../registrar/seconds.ts";
import { type EdgeState, keyed } from "../state.ts";
import { addressAt, type Place } from "./place.ts";
import { childNamed, childrenNamed, type Element, escapeXml, readXml } from "./xml.ts";

const states: ReadonlySet<string> = new Set(["trying", "proceeding", "early", "confirmed", "terminated"]);
const directions: ReadonlySet<string> = new Set(["initiator", "recipient"]);

/** More than one phone shows of one line. */
const MAX_DIALOGS = 64;
const MAX_DISPLAY = 128;

export function rewrittenDialogInfo(state: EdgeState, body: Uint8Array, place: Place): string | undefined {
  const root = readXml(body);
  const version = parseSeconds(root?.attributes.get("version") ?? "");
  if (root?.name !== "dialog-info" || version === undefined) return undefined;
  const kind = root.attributes.get("state") === "partial" ? "partial" : "full";
  const dialogs = childrenNamed(root, "dialog").slice(0, MAX_DIALOGS);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="${version}" state="${kind}" entity="${escapeXml(place.entity)}">`,
    ...dialogs.flatMap((dialog) => rewrittenDialog(state, dialog, place)),
    "</dialog-info>",
    "",
  ].join("\n");
}

function rewrittenDialog(state: EdgeState, dialog: Element, place: Place): readonly string[] {
  // In small letters (RFC 4235 §4.4); Kamailio writes "Trying".
  const now = (childNamed(dialog, "state")?.text ?? "").toLowerCase();
  if (!states.has(now)) return [];
  const attribute = (name: string) => dialog.attributes.get(name) ?? "";
  // PBXs like to write a Call-ID here too.
  const id = keyed(state, 16, "dialog-info", place.entity, attribute("id"));
  const direction = directions.has(attribute("direction")) ? ` direction="${attribute("direction")}"` : "";
  const name = pickupName(state, attribute("call-id"), attribute("local-tag"), attribute("remote-tag"));
  const named =
    name === undefined ? "" : ` call-id="${name.callId}" local-tag="${name.localTag}" remote-tag="${name.remoteTag}"`;
  return [
    `<dialog id="${id}"${named}${direction}>`,
    `<state>${now}</state>`,
    ...party("local", childNamed(dialog, "local"), place),
    ...party("remote", childNamed(dialog, "remote"), place),
    "</dialog>",
  ];
}

function party(name: "local" | "remote", element: Element | undefined, place: Place): readonly string[] {
  const identity = childNamed(element, "identity");
  const uri = identity?.text ?? childNamed(element, "target")?.attributes.get("uri");
  const address = uri === undefined ? undefined : addressAt(uri, place);
  if (address === undefined) return [];
  const display = identity?.attributes.get("display")?.slice(0, MAX_DISPLAY);
  const shown = display === undefined ? "" : ` display="${escapeXml(display)}"`;
  const safe = escapeXml(address);
  return [`<${name}><identity${shown}>${safe}</identity><target uri="${safe}"/></${name}>`];
}
