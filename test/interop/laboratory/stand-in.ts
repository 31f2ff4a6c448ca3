/** The two PBXs that every flow is played against: ours, made from captures of the product, and a standards-clean proxy. */
import { startKamailio } from "./kamailio.ts";
import { addresses, type Laboratory } from "./laboratory.ts";
import { linePassword, Pbx } from "./pbx.ts";
import { SippPhone } from "./sipp-phone.ts";

export interface StandIn {
  readonly name: "the MSS stand-in" | "Kamailio";
  readonly folder: string;
  /** Methods that it answers with 407 first, out of a dialog. */
  readonly challenged: readonly string[];
  readonly start: (
    laboratory: Laboratory,
    lines: readonly string[],
    knobs: Readonly<Record<string, string>>,
  ) => Promise<StartedPbx>;
}

export interface StartedPbx {
  /** A voice message waits for this number from now on. */
  readonly leaveMessage: (user: string) => Promise<void>;
  /** The same, told to a phone that did not subscribe. */
  readonly tellUnasked: (user: string) => Promise<void>;
  /** From now on a PBX that carries an offer in UPDATE, and reliable answers of who is called. */
  readonly carryUpdates: () => Promise<void>;
}

const trunk = { name: "carrier", address: addresses.ringfenceForTrunks, port: 5080 };

export const mss: StandIn = {
  name: "the MSS stand-in",
  folder: "mss",
  challenged: [],
  start: async (laboratory, lines, knobs) => {
    const pbx = await Pbx.start(laboratory, knobs, {
      accounts: lines.map((user) => ({ user, password: linePassword(user), oneNumber: true })),
      trunks: [trunk],
      routes: [
        { prefix: "9", strip: 1, to: "trunk:carrier" },
        // The last four digits of our own numbers are extensions.
        { prefix: "+1555010", strip: 8, to: "local" },
      ],
    });
    return {
      leaveMessage: (user) => pbx.mailbox(user, 2, 1),
      tellUnasked: async (user) => {
        await pbx.set("mailboxUnasked", "on");
        await pbx.mailbox(user, 1, 0);
        await pbx.set("mailboxUnasked", "off");
      },
      carryUpdates: async () => {
        await pbx.set("updateOffer", "forward");
        await pbx.set("reliableFar", "on");
      },
    };
  },
};

const kamailio: StandIn = {
  name: "Kamailio",
  folder: "kamailio",
  challenged: ["INVITE", "MESSAGE", "SUBSCRIBE", "PUBLISH"],
  start: async (laboratory) => {
    await startKamailio(laboratory);
    return {
      leaveMessage: (callee) => insidePbx(laboratory).plays("leave-message", { callee }),
      tellUnasked: (callee) => insidePbx(laboratory, 5_301).plays("notify-mailbox", { callee }),
      carryUpdates: async () => {},
    };
  },
};

/** A program beside Kamailio, on its machine: what it says is believed. */
const insidePbx = (laboratory: Laboratory, port = 5_300): SippPhone =>
  new SippPhone(laboratory, {
    party: "pbx",
    user: "mailbox",
    password: "",
    port,
    server: `${addresses.pbx}:5060`,
    challenged: [],
    transport: "UDP",
  });

export const standIns: readonly StandIn[] = [mss, kamailio];
