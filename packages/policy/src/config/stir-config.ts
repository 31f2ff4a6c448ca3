/** RFC 8588 §4: A, the signer knows the caller and the caller's right to the number; B, the caller alone; C, neither. */
export type Attestation = "A" | "B" | "C";

/** A host that certificates of callers are fetched from. */
export interface CredentialHost {
  /** Name or address, lower case, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Where it is, whatever DNS says. Undefined: DNS says, and the address must be a public one. */
  readonly address: string | undefined;
  /** Path of a PEM file: who may have signed the web server's certificate. Undefined: the system's authorities. */
  readonly ca: string | undefined;
}

export interface StirSigning {
  /** Name in `certificates`. */
  readonly certificate: string;
  /** Where others fetch that certificate from. */
  readonly x5u: string;
  /** Patterns of numbers that are ours, beside `trunks[].inbound.did`. */
  readonly numbers: readonly string[];
  readonly attest: {
    readonly own: Attestation;
    readonly other: Attestation;
    readonly forwarded: Attestation;
  };
}

export interface StirConfig {
  /** Path of a PEM file with the authorities; undefined: nobody is trusted. */
  readonly trust: string | undefined;
  readonly x5uHosts: readonly CredentialHost[];
  /** How old a token may be. */
  readonly windowMs: number;
  readonly sign: StirSigning | undefined;
}

export interface TrunkIdentity {
  /** `optional`: looked at and told. `required`: a call without a valid token is refused. */
  readonly verify: "off" | "optional" | "required";
  readonly sign: boolean;
  /** The PBX is told the result in the caller's address. */
  readonly verstat: boolean;
}
