/** The "ng" socket of an instance, and its share of new calls. */
export interface RtpengineInstance {
  readonly address: string;
  readonly port: number;
  readonly weight: number;
}

export interface MediaConfig {
  readonly address: string;
  readonly publicAddress: string | undefined;
  readonly ports: { readonly first: number; readonly last: number };
  readonly engine: "auto" | "js" | { readonly rtpengine: readonly RtpengineInstance[] };
  /** Names of the instances' interfaces. */
  readonly interfaces?: { readonly outside: string; readonly inside: string } | undefined;
  readonly inactivityMs: number;
  readonly learn: { readonly windowMs: number; readonly packets: number; readonly scope: "signalled-ip" };
}
