/** The two PBXs that every flow is played against: ours, made from captures of the product, and a standards-clean proxy. */
import { startKamailio } from "./kamailio.ts";
import { addresses, type Laboratory } from "./laboratory.ts";
import { linePassword, Pbx } from "./pbx.ts";

export interface StandIn {
  readonly name: "the MSS stand-in" | "Kamailio";
  readonly folder: string;
  /** Methods that it answers with 407 first, out of a dialog. */
  readonly challenged: readonly string[];
  readonly start: (
    laboratory: Laboratory,
    lines: readonly string[],
    knobs: Readonly<Record<string, string>>,
  ) => Promise<unknown>;
}

const trunk = { name: "carrier", address: addresses.ringfenceForTrunks, port: 5080 };

export const mss: StandIn = {
  name: "the MSS stand-in",
  folder: "mss",
  challenged: [],
  start: (laboratory, lines, knobs) =>
    Pbx.start(laboratory, knobs, {
      accounts: lines.map((user) => ({ user, password: linePassword(user), oneNumber: true })),
      trunks: [trunk],
      routes: [{ prefix: "9", strip: 1, to: "trunk:carrier" }],
    }),
};

export const kamailio: StandIn = {
  name: "Kamailio",
  folder: "kamailio",
  challenged: ["INVITE", "MESSAGE", "SUBSCRIBE", "PUBLISH"],
  start: (laboratory) => startKamailio(laboratory),
};

export const standIns: readonly StandIn[] = [mss, kamailio];
