/**
 * Does a ban drop packets? From an address that nobody else has, a request goes to one of our own listeners: answered while the address
 * is not banned, silent while it is, and each packet counted by the rule that is to drop it. Only all three together say so.
 */
import type { FirewallAnswer, FirewallRequest } from "@ringfence/firewall";
import type { KernelTrouble } from "./kernel-status.ts";

export interface ProbeTarget {
  /** Where it goes: a listener for datagrams. */
  readonly to: { readonly address: string; readonly port: number };
  /** Where it comes from. */
  readonly from: string;
  /** The ban that covers `from`. */
  readonly source: string;
}

export interface Trouble {
  readonly reason: KernelTrouble;
  readonly detail?: string;
}

export type AskFirewall = (request: FirewallRequest) => Promise<FirewallAnswer | NoHelper>;
export interface NoHelper {
  readonly ok: false;
  readonly reason: "no-helper";
  readonly detail: string;
}
/** Sends up to so many requests. @returns how many went out, and whether one was answered */
export type SendProbe = (
  target: ProbeTarget,
  most: number,
) => Promise<{ readonly sent: number; readonly answered: boolean }>;

/** The machine may be busy: the first of these that is answered is enough. */
const OPEN = 10;
const BANNED = 3;
/** The ban of a probe ends by itself, should nobody be left to lift it. */
const SECONDS = 60;

/** @returns undefined: it holds */
export async function prove(target: ProbeTarget, ask: AskFirewall, send: SendProbe): Promise<Trouble | undefined> {
  const { source } = target;
  const lift = { do: "remove", sources: [source] } as const;
  const lifted = await ask(lift);
  if (!lifted.ok) return troubleOf(lifted);
  if (!(await send(target, OPEN)).answered) return about(target, "no-answer");
  const before = await ask({ do: "counters" });
  const banned = await ask({ do: "add", bans: [{ source, seconds: SECONDS }] });
  if (!banned.ok) return troubleOf(banned);
  const { sent, answered } = await send(target, BANNED);
  const after = await ask({ do: "counters" });
  await ask(lift);
  for (const answer of [before, after]) if (!answer.ok) return troubleOf(answer);
  if (answered) return about(target, "not-dropped");
  return droppedOf(after) - droppedOf(before) < sent ? about(target, "not-counted") : undefined;
}

export function troubleOf({ reason, detail }: Extract<Awaited<ReturnType<AskFirewall>>, { ok: false }>): Trouble {
  return { reason: reason === "no-helper" || reason === "no-rules" ? reason : "nft-failed", detail };
}

function droppedOf(answer: Awaited<ReturnType<AskFirewall>>): number {
  return answer.ok ? (answer.rules?.dropped.banned ?? 0) : 0;
}

function about({ from, to }: ProbeTarget, reason: KernelTrouble): Trouble {
  return { reason, detail: `from ${from} to ${to.address} port ${to.port}` };
}
