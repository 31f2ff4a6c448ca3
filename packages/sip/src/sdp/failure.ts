/** Why a session description was refused, and the SIP status each reason deserves. A closed list. */
const reasons = {
  "too-large": { status: 488, text: "longer than 64 kB" },
  "too-many-lines": { status: 488, text: "more than 2048 lines" },
  "too-many-media": { status: 488, text: "more than 32 media descriptions" },
  "too-many-formats": { status: 488, text: "more than 128 formats in one media description" },
  "line-too-long": { status: 400, text: "a line longer than 8192 octets" },
  "line-syntax": { status: 400, text: "a line that is not letter=value" },
  "control-character": { status: 400, text: "a control character in a line" },
  version: { status: 400, text: "does not begin with v=0" },
  origin: { status: 400, text: "no o= line" },
  "duplicate-line": { status: 400, text: "a second v=, o= or s= line" },
  "misplaced-line": { status: 400, text: "a session line below an m= line" },
  "media-syntax": { status: 400, text: "an m= line that is not media, port, protocol, formats" },
  "media-port": { status: 400, text: "a port of an m= line that is not a number from 0 to 65535" },
} as const satisfies Record<string, { readonly status: 400 | 488; readonly text: string }>;

export type SdpFailureCode = keyof typeof reasons;

export interface SdpFailure {
  readonly kind: "failure";
  readonly code: SdpFailureCode;
  /** Counted from 1; 0 when no line is to blame. */
  readonly line: number;
  readonly status: 400 | 488;
  readonly text: string;
}

export function sdpFailure(code: SdpFailureCode, line: number): SdpFailure {
  return { kind: "failure", code, line, ...reasons[code] };
}

export const sdpFailureCodes: readonly SdpFailureCode[] = Object.keys(reasons).filter(
  (code): code is SdpFailureCode => code in reasons,
);

/** Every bound on a session description. Sizes are octets. */
export const sdpLimits = {
  body: 65_536,
  line: 8192,
  lines: 2048,
  media: 32,
  formats: 128,
} as const;
