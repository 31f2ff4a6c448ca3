/**
 * What a codec itself costs on the scale of the E-model, and how it bears lost packets: Ie and Bpl of ITU-T G.113
 * Appendix I. Where ITU-T gives no figure, ours is marked: it orders streams, and is no measurement.
 */
export interface Impairment {
  /** Equipment impairment factor. */
  readonly ie: number;
  /** Packet-loss robustness factor. */
  readonly bpl: number;
  /** Frame and look-ahead, in milliseconds. */
  readonly delayMs: number;
}

/** G.711 with the concealment of its Appendix I, which every receiver of today has. */
const g711: Impairment = { ie: 0, bpl: 25.1, delayMs: 20 };
const amr: Impairment = { ie: 5, bpl: 10, delayMs: 25 };

const known: ReadonlyMap<string, Impairment> = new Map([
  ["pcmu", g711],
  ["pcma", g711],
  // G.729A with voice activity detection; G.729 itself is one point better.
  ["g729", { ie: 11, bpl: 19, delayMs: 25 }],
  // At 6.3 kbit/s.
  ["g723", { ie: 15, bpl: 16.1, delayMs: 37.5 }],
  ["gsm", { ie: 20, bpl: 10, delayMs: 20 }],
  // GSM EFR is AMR at 12.2 kbit/s.
  ["gsm-efr", amr],
  ["amr", amr],
  ["g728", { ie: 7, bpl: 17, delayMs: 20 }],
  ["g726-32", { ie: 7, bpl: 24, delayMs: 20 }],
  ["ilbc", { ie: 11, bpl: 32, delayMs: 25 }],
  // Ours, no figure of ITU-T on this scale: wideband codecs are no worse than G.711 for who listens.
  ["g722", { ie: 0, bpl: 17, delayMs: 22 }],
  ["amr-wb", { ie: 0, bpl: 13, delayMs: 25 }],
  ["opus", { ie: 0, bpl: 24, delayMs: 26.5 }],
  ["speex", { ie: 11, bpl: 20, delayMs: 30 }],
]);

/** Ours: a codec we know nothing of is taken for one of middling rate. */
const unknown: Impairment = { ie: 10, bpl: 15, delayMs: 30 };

export function impairmentOf(codec: string | undefined): Impairment {
  return (codec === undefined ? undefined : known.get(codec)) ?? unknown;
}
