/** What the protocol word of an m= line says. RFC 3551, 3711, 4585, 5124 and 5764; UDPTL of T.38 (RFC 7345 §3.2). */
export interface Profile {
  readonly name: string;
  /** opaque: no RTP, relayed as it comes. */
  readonly payload: "rtp" | "opaque";
  /** SRTP, whatever its keys come from. */
  readonly secure: boolean;
  /** Its keys come from DTLS. */
  readonly tls: boolean;
  /** RTCP feedback: AVPF, SAVPF. */
  readonly feedback: boolean;
}

type RtpTraits = Pick<Profile, "secure" | "tls" | "feedback">;

export function rtpProfile({ secure, tls, feedback }: RtpTraits): Profile {
  const name = `${tls ? "UDP/TLS/" : ""}RTP/${secure ? "S" : ""}AVP${feedback ? "F" : ""}`;
  return { name, payload: "rtp", secure, tls, feedback };
}

const udptl: Profile = { name: "udptl", payload: "opaque", secure: false, tls: false, feedback: false };

const known: ReadonlyMap<string, Profile> = new Map(
  [
    { secure: false, tls: false },
    { secure: true, tls: false },
    { secure: true, tls: true },
  ]
    .flatMap((traits) => [rtpProfile({ ...traits, feedback: false }), rtpProfile({ ...traits, feedback: true })])
    .map((profile) => [profile.name, profile]),
);

/** undefined for what is not relayed. Fax machines write both `udptl` and `UDPTL`. */
export function profileNamed(proto: string): Profile | undefined {
  return proto === "UDPTL" || proto === udptl.name ? udptl : known.get(proto);
}
