/** Every bound on what a peer may make us read, in one place. All sizes are octets. */
export interface Limits {
  /** One message, head and body. Also the most a stream connection buffers. */
  readonly message: number;
  /** Start line and header fields up to the empty line. */
  readonly head: number;
  /** One header field, folded lines counted together. */
  readonly headerLine: number;
  readonly startLine: number;
  readonly headerCount: number;
  /** Via values in one message. RFC 4475 longreq has 34; Max-Forwards starts at 70. */
  readonly viaCount: number;
  /** Parameters of one header value or URI. */
  readonly params: number;
  /** Elements of one comma list (Contact, Route, Require). */
  readonly listElements: number;
  readonly method: number;
  readonly uri: number;
  /** Parts of one multipart body. */
  readonly parts: number;
  /** Header section of one part, its delimiter line counted in. */
  readonly partHead: number;
  readonly partHeaders: number;
  /** RFC 2046 §5.1.1. */
  readonly boundary: number;
}

export const limits: Limits = {
  message: 65_536,
  head: 65_536,
  headerLine: 8_192,
  startLine: 4_096,
  headerCount: 256,
  viaCount: 70,
  params: 64,
  listElements: 64,
  method: 64,
  uri: 2_048,
  parts: 8,
  partHead: 4_096,
  partHeaders: 32,
  boundary: 70,
};
