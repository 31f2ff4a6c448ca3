/** The callers of test/support/tls-callers.ts in a process of their own: their memory is not that of the edge. */
import type { Made } from "../../support/certificates.ts";
import type { Pair, Stayed, TlsCallers } from "../../support/tls-callers.ts";
import { Child } from "./child.ts";

export type CallersQuestion =
  | { readonly kind: "begin"; readonly port: number; readonly good: Made; readonly revoked: Made }
  | { readonly kind: "hold"; readonly connections: number }
  | { readonly kind: "pair" | "stayed" };

export async function callersApart(
  port: number,
  good: Made,
  revoked: Made,
  cleanup: (() => unknown)[],
): Promise<TlsCallers> {
  const child = new Child("tls-callers.ts");
  cleanup.push(() => child.stop());
  await child.ask<CallersQuestion, string>({ kind: "begin", port, good, revoked });
  return {
    hold: async (connections) => void (await child.ask<CallersQuestion, string>({ kind: "hold", connections })),
    pair: () => child.ask<CallersQuestion, Pair>({ kind: "pair" }),
    stayed: () => child.ask<CallersQuestion, Stayed>({ kind: "stayed" }),
  };
}
