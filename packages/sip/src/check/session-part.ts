/**
 * The session description of a message, whatever its body is wrapped in (RFC 3261 §7.4, RFC 5621 §3.1). Everything else
 * in the body stays here: locations (RFC 6442), ISUP (RFC 3204), pictures.
 */
import type { HeaderList } from "../message/headers.ts";
import type { Message } from "../message/message.ts";
import { limits } from "../parse/limits.ts";
import { fieldParams, head, mediaType } from "../parse/media-type.ts";
import { type Part, readMultipart } from "../parse/multipart.ts";
import { paramText } from "../parse/params.ts";

export interface SessionPart {
  /** Empty when there is none. */
  readonly sdp: Uint8Array;
  /**
   * Why a request has to be refused: its multipart body cannot be read to the end (400), or we pass less than its sender
   * asks for (415). What was found before the fault is in `sdp` nevertheless, for what cannot be refused.
   */
  readonly fault: "malformed" | "unsupported" | undefined;
}

const none = new Uint8Array(0);

export function sessionPart({ headers, body }: Message): SessionPart {
  if (body.length === 0) return { sdp: none, fault: undefined };
  if (mediaType(headers.get("Content-Type") ?? "") === "application/sdp") return { sdp: body, fault: undefined };
  const { parts, whole } = flattened({ headers, body }, 0);
  const session = parts.find(isSession);
  const sdp = session?.body ?? none;
  if (!whole) return { sdp, fault: "malformed" };
  return { sdp, fault: parts.some((part) => part !== session && isMissed(part, session)) ? "unsupported" : undefined };
}

const describing: ReadonlySet<string> = new Set(["INVITE", "ACK", "PRACK", "UPDATE"]);

/** The message with its session description as the only body, or without body; `message` itself where it is so already. */
export function withSession<M extends Message>(message: M): M {
  if (message.body.length === 0 || !describing.has(message.cseq.method)) return message;
  const type = message.headers.get("Content-Type");
  // Only an emergency call comes so far: its body is read as what it looks like (threat L15).
  const odd = message.kind === "request" && (type === undefined || encoded(message.headers));
  if (!odd && (type === undefined || mediaType(type) === "application/sdp")) return message;
  const sdp = odd ? plainSdp(message.body) : sessionPart(message).sdp;
  const headers = message.headers.clone().remove("Content-Disposition").set("Content-Length", String(sdp.length));
  if (odd) headers.remove("Content-Encoding");
  if (sdp.length > 0) headers.set("Content-Type", "application/sdp");
  else headers.remove("Content-Type");
  return { ...message, headers, body: sdp };
}

/** RFC 3261 §20.12: in a way that we cannot undo. */
export function encoded(headers: HeaderList): boolean {
  return headers.all("Content-Encoding").some((value) => value.toLowerCase() !== "identity");
}

/** RFC 4566 §5: it begins with its version. Anything else cannot be read, and the call goes on without an offer. */
const plainSdp = (body: Uint8Array): Uint8Array =>
  body[0] === 0x76 && body[1] === 0x3d && body[2] === 0x30 ? body : none;

/** Multiparts in a multipart are opened once; what is nested deeper is a part we do not know. */
const DEEPEST = 1;

interface Flattened {
  readonly parts: readonly Part[];
  readonly whole: boolean;
}

function flattened(part: Part, depth: number): Flattened {
  const type = part.headers.get("Content-Type") ?? "";
  if (!mediaType(type).startsWith("multipart/") || depth > DEEPEST) return { parts: [part], whole: true };
  const outer = readMultipart(part.body, paramText(fieldParams(type) ?? [], "boundary") ?? "");
  const inner = outer.parts.map((one) => flattened(one, depth + 1));
  const parts = inner.flatMap((one) => one.parts);
  const whole = outer.whole && inner.every((one) => one.whole) && parts.length <= limits.parts;
  // RFC 2046 §5.1.4: one of them is enough.
  const enough = mediaType(type) === "multipart/alternative" ? parts.find(isSession) : undefined;
  return { parts: enough === undefined ? parts : [enough], whole };
}

/** RFC 3261 §20.11: SDP without a disposition is the session; RFC 3959's early-session is not. */
function isSession({ headers }: Part): boolean {
  const plain = lower(headers, "Content-Encoding", "identity") === "identity";
  const readable = plain && ["7bit", "8bit", "binary"].includes(lower(headers, "Content-Transfer-Encoding", "binary"));
  return readable && describesSession({ headers });
}

function describesSession({ headers }: Pick<Part, "headers">): boolean {
  if (mediaType(headers.get("Content-Type") ?? "") !== "application/sdp") return false;
  return head(headers.get("Content-Disposition") ?? "session") === "session";
}

function lower(headers: HeaderList, name: string, absent: string): string {
  return (headers.get(name) ?? absent).toLowerCase();
}

/**
 * Would the sender rather be refused than have this part ignored? Beside a session description only if it says so:
 * §20.11 has `required` as default, but locations and ISUP come without the parameter, and the call can do without them.
 * Without a session description nothing would be left of the request, so there the default counts; and one that is
 * there in an encoding of its own is missed, whatever it says: an INVITE with an offer is not to become one without.
 */
function isMissed({ headers }: Part, session: Part | undefined): boolean {
  const disposition = headers.get("Content-Disposition");
  const params = fieldParams(disposition ?? "");
  if (params === undefined) return true;
  const handling = paramText(params, "handling")?.toLowerCase();
  if (session !== undefined) return handling === "required";
  return handling !== "optional" || describesSession({ headers });
}
