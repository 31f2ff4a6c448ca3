/** Presence documents (RFC 3863, some of RFC 4480): open or closed, a note, and what somebody is doing; nothing else crosses. */
import type { Place } from "./place.ts";
import { childNamed, childrenNamed, type Element, escapeXml, readXml } from "./xml.ts";

const MAX_TUPLES = 16;
const MAX_NOTE = 256;

/** Of RFC 4480 §3.2, what phones show. */
const activities: ReadonlySet<string> = new Set([
  "appointment",
  "away",
  "busy",
  "holiday",
  "in-transit",
  "meal",
  "meeting",
  "on-the-phone",
  "permanent-absence",
  "sleeping",
  "travel",
  "vacation",
  "working",
]);

export function rewrittenPresence(body: Uint8Array, place: Place): string | undefined {
  const root = readXml(body);
  if (root?.name !== "presence") return undefined;
  const tuples = childrenNamed(root, "tuple").slice(0, MAX_TUPLES);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="${escapeXml(place.entity)}">`,
    ...tuples.flatMap((tuple, index) => rewrittenTuple(tuple, index)),
    ...note(root),
    ...person(root),
    "</presence>",
    "",
  ].join("\n");
}

function rewrittenTuple(tuple: Element, index: number): readonly string[] {
  const basic = childNamed(childNamed(tuple, "status"), "basic")?.text;
  if (basic !== "open" && basic !== "closed") return [];
  return [`<tuple id="t${index}"><status><basic>${basic}</basic></status>`, ...note(tuple), "</tuple>"];
}

function note(element: Element): readonly string[] {
  const text = childNamed(element, "note")?.text.slice(0, MAX_NOTE);
  return text === undefined || text === "" ? [] : [`<note>${escapeXml(text)}</note>`];
}

function person(root: Element): readonly string[] {
  const doing = childNamed(childNamed(root, "person"), "activities")?.children ?? [];
  const known = new Set(doing.map(({ name }) => name).filter((name) => activities.has(name)));
  if (known.size === 0) return [];
  const list = [...known].map((name) => `<rpid:${name}/>`).join("");
  return [`<dm:person id="p0"><rpid:activities>${list}</rpid:activities></dm:person>`];
}
