/** The extensions of a certificate that node:crypto says nothing of (RFC 5280 §4.2). */
import { type Der, isOid, readAll, readInside, readInteger, tags } from "./der.ts";

export interface Extensions {
  /** RFC 5280 §4.2.1.9; undefined: no limit. */
  readonly pathLength: number | undefined;
  /** RFC 8226 §9, as it stands in the certificate. */
  readonly tnAuthList: Uint8Array | undefined;
}

const MAX_EXTENSIONS = 32;
const EXPLICIT_3 = 0xa3;
const BASIC_CONSTRAINTS = [0x55, 0x1d, 0x13];
/** 1.3.6.1.5.5.7.1.26 */
const TN_AUTH_LIST = [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x1a];

/**
 * What may be critical: looked at here or by OpenSSL, or of no consequence for a signature over a token. A critical
 * extension beside these, such as name constraints, is one whose limits nobody would keep (RFC 5280 §4.2).
 */
const understood: readonly (readonly number[])[] = [
  BASIC_CONSTRAINTS,
  TN_AUTH_LIST,
  [0x55, 0x1d, 0x0e], // subject key identifier
  [0x55, 0x1d, 0x0f], // key usage
  [0x55, 0x1d, 0x11], // subject alternative name
  [0x55, 0x1d, 0x1f], // where the revocation list is
  [0x55, 0x1d, 0x20], // certificate policies
  [0x55, 0x1d, 0x23], // authority key identifier
  [0x55, 0x1d, 0x25], // extended key usage
];

/** @param raw the certificate in DER. Undefined: unreadable, or with a critical extension that is not understood. */
export function readExtensions(raw: Uint8Array): Extensions | undefined {
  const [toBeSigned] = readInside(raw, tags.sequence, 3) ?? [];
  const fields = toBeSigned?.tag === tags.sequence ? readAll(toBeSigned.content, 12) : undefined;
  if (fields === undefined) return undefined;
  const wrapped = fields.find(({ tag }) => tag === EXPLICIT_3);
  const list = wrapped === undefined ? [] : readInside(wrapped.content, tags.sequence, MAX_EXTENSIONS);
  let found: Extensions = { pathLength: undefined, tnAuthList: undefined };
  for (const extension of list ?? []) {
    const read = readExtension(extension);
    if (read === undefined) return undefined;
    if (isOid(read.id, TN_AUTH_LIST)) {
      // Two lists: nobody could say which counts.
      if (found.tnAuthList !== undefined) return undefined;
      found = { ...found, tnAuthList: read.value };
    }
    if (isOid(read.id, BASIC_CONSTRAINTS)) found = { ...found, pathLength: pathLength(read.value) };
  }
  return list === undefined ? undefined : found;
}

function readExtension({ tag, content }: Der): { readonly id: Der; readonly value: Uint8Array } | undefined {
  const [id, ...rest] = tag === tags.sequence ? (readAll(content, 3) ?? []) : [];
  const flag = rest[0]?.tag === tags.boolean ? rest.shift() : undefined;
  const [value] = rest;
  if (id === undefined || rest.length !== 1 || value?.tag !== tags.octets) return undefined;
  const critical = flag !== undefined && flag.content[0] !== 0;
  return critical && !understood.some((oid) => isOid(id, oid)) ? undefined : { id, value: value.content };
}

function pathLength(value: Uint8Array): number | undefined {
  return readInteger(readInside(value, tags.sequence, 2)?.find(({ tag }) => tag === tags.integer));
}
