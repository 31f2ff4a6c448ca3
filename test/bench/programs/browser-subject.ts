/** The process under siege in siege/race.ts: media of calls between browsers and a PBX, on the native engine. */
import { randomBytes } from "node:crypto";
import { createMedia, type LegMedia, type Media, type MediaEvent } from "@ringfence/media";
import { createDtlsIdentity } from "../../../packages/media/src/dtls/identity.ts";
import type { TransportDesk } from "../../../packages/media/src/transport/transport.ts";
import { createTransportDesk } from "../../../packages/media/src/transport/transport-desk.ts";
import { answering } from "../load/child.ts";
import type { PortRange } from "../load/stranger.ts";

export type BrowserQuestion =
  | { readonly kind: "start"; readonly ports: PortRange; readonly addresses: BrowserAddresses }
  /** A browser's offer and the PBX's answer. */
  | { readonly kind: "call"; readonly id: string; readonly offer: string; readonly answer: string }
  | { readonly kind: "look" };

export interface BrowserAddresses {
  readonly outside: string;
  readonly inside: string;
  readonly browser: string;
  readonly pbx: string;
}

/** What the PBX is offered, and what the browser is answered. */
export interface BrowserAnswer {
  readonly toPbx: string;
  readonly toBrowser: string;
}

export interface BrowserLook {
  readonly events: readonly MediaEvent[];
  /** DTLS packets so far that the engine let up to where handshakes are made. */
  readonly looked: number;
}

const ours = createDtlsIdentity();
const events: MediaEvent[] = [];
let media: Media;
let legs: { readonly a: LegMedia; readonly b: LegMedia };

function legsOf({ outside, inside, browser, pbx }: BrowserAddresses): typeof legs {
  const shared = { secureSignalling: true, suites: ["AES_CM_128_HMAC_SHA1_80"], t38: false } as const;
  const at = (address: string, signallingAddress: string) => ({
    localAddress: address,
    advertisedAddress: address,
    signallingAddress,
  });
  return {
    a: { ...shared, ...at(outside, browser), side: "phone", srtp: "required", keying: ["dtls"], browser: true },
    b: { ...shared, ...at(inside, pbx), side: "core", srtp: "off", keying: [], browser: false },
  };
}

let looked = 0;
function counted(desk: TransportDesk): TransportDesk {
  const open: TransportDesk["open"] = (pair) => {
    const transport = desk.open(pair);
    const take = transport.onControl.bind(transport);
    transport.onControl = (control, now) => {
      looked += control.protocol === "dtls" ? 1 : 0;
      return take(control, now);
    };
    return transport;
  };
  return { open, credentials: () => desk.credentials(), fingerprint: desk.fingerprint };
}

function textOf(result: Awaited<ReturnType<Media["offer"]>>): string {
  if (!result.ok) throw new Error(`${result.status} ${result.reason}`);
  return Buffer.from(result.sdp).toString("latin1");
}

answering<BrowserQuestion>(async (question) => {
  switch (question.kind) {
    case "start":
      legs = legsOf(question.addresses);
      media = await createMedia({
        settings: { ports: question.ports, inactivityMs: 0, learn: { windowMs: 3_000, packets: 5 } },
        workers: 1,
        onEvent: (event) => events.push(event),
        log: () => {},
        transports: counted(createTransportDesk(randomBytes, ours)),
      });
      return ours?.fingerprint;
    case "call": {
      const toPbx = textOf(await media.offer(question.id, "a", Buffer.from(question.offer), legs));
      const toBrowser = textOf(await media.answer(question.id, "b", Buffer.from(question.answer)));
      return { toPbx, toBrowser } satisfies BrowserAnswer;
    }
    case "look":
      return { events: events.splice(0), looked } satisfies BrowserLook;
  }
});
