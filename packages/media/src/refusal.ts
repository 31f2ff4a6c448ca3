/** Why an offer or answer was refused: the closed list, each with its SIP status and a sentence for a phone engineer. */

interface Refusal {
  readonly status: number;
  readonly text: string;
}

export const mediaRefusals = {
  "bad-sdp": { status: 400, text: "The SDP could not be read as RFC 4566 asks." },
  "no-media": { status: 488, text: "The SDP offers no RTP stream that can be relayed." },
  "no-common-codec": {
    status: 488,
    text: "No codec is left that both sides allow; nothing is transcoded. See media.codecs of both sides.",
  },
  "t38-not-allowed": { status: 488, text: "Fax over T.38 is not allowed on one of the sides: see media.t38." },
  "answer-mismatch": {
    status: 488,
    text: "The SDP answer does not fit the offer: other number, order, kind or profile of m= lines.",
  },
  "srtp-required": {
    status: 488,
    text: "This side must use SRTP: offer RTP/SAVP with a=crypto lines, or DTLS-SRTP.",
  },
  "keying-not-allowed": {
    status: 488,
    text: "The SRTP keys are exchanged in a way that is not allowed on this side: see media.keying.",
  },
  "srtp-not-allowed": { status: 488, text: "SRTP is switched off for this side: offer RTP/AVP." },
  "no-common-suite": {
    status: 488,
    text: "No a=crypto line is usable: the suite is not allowed here, or it has parameters that are not known.",
  },
  "dtls-not-supported": { status: 488, text: "DTLS-SRTP is not available: offer SDES (a=crypto) under RTP/SAVP." },
  "bad-fingerprint": {
    status: 488,
    text: "The SDP asks for DTLS-SRTP without a usable a=fingerprint (sha-256 or better) and a=setup.",
  },
  "bad-address": {
    status: 488,
    text: "The SDP names a media address or port that cannot be a peer: loopback, link-local, multicast or our own.",
  },
  "address-not-allowed": {
    status: 488,
    text: "The SDP names a media address outside the trunk's configured media.from.",
  },
  "port-not-allowed": {
    status: 488,
    text: "The SDP names a media port outside the trunk's configured media.ports.",
  },
  "no-port": { status: 503, text: "No free media port is left in the configured range." },
  "no-session": { status: 500, text: "An SDP answer came for a call that has no offer." },
  "offer-pending": { status: 491, text: "Another SDP offer is still unanswered on this call." },
  "engine-failed": { status: 503, text: "The media engine could not open the sockets." },
  "engine-silent": { status: 503, text: "No media instance answers." },
  closed: { status: 503, text: "The call or the media relay was closed while its ports were being opened." },
} as const satisfies Record<string, Refusal>;

export type MediaRefusal = keyof typeof mediaRefusals;

/** The refusal as the MediaPort answers it. */
export function refuse(reason: MediaRefusal): {
  readonly ok: false;
  readonly status: number;
  readonly reason: MediaRefusal;
  readonly text: string;
} {
  return { ok: false, reason, ...mediaRefusals[reason] };
}
