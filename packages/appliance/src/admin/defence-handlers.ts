/** Bans, decisions and their reasons, suspensions, drain. */
import { ApiError, type Explained, type Decision as ShownDecision } from "@ringfence/admin";
import type { Decision } from "@ringfence/edge";
import { type ExplainedCall, explainText } from "../explain-text.ts";
import { cleanText } from "../logs/clean-text.ts";
import type { Mask } from "../logs/mask.ts";
import type { Console, HandlersOf } from "./admin-parts.ts";

type Names =
  | "bans"
  | "ban"
  | "unban"
  | "decisions"
  | "decision"
  | "explain"
  | "shadow"
  | "suspend"
  | "resume"
  | "drain";

export function defenceHandlers({ desk, composition, tally, maskFor, status }: Console): HandlersOf<Names> {
  const shownBans = async (mask: Mask) => ({
    items: (await desk.bans({ command: "bans" })).bans.map((ban) => ({
      ...ban,
      label: ban.kind === "account" ? mask.identity(cleanText(ban.label)) : mask.address(ban.label),
    })),
  });
  return {
    bans: (_asked, who) => shownBans(maskFor(who)),
    async ban({ body }, who) {
      await desk.ban({ command: "ban", ...body });
      return shownBans(maskFor(who));
    },
    unban: async ({ params }) => desk.unban({ command: "unban", label: params.label }),
    decisions({ query }, who) {
      const mask = maskFor(who);
      const { decisions: book } = composition.edge;
      if (query.after === undefined) {
        const items = book.latest(query.limit).map((one) => decisionOf(one, mask));
        return { items: items.reverse(), next: String(book.last) };
      }
      const after = numberOf(query.after);
      const { decisions, last } = book.page(after, query.limit);
      return { items: decisions.map((one) => decisionOf(one, mask)), next: String(last === 0 ? after : last) };
    },
    async decision({ params }, who) {
      const { explained } = await desk.explain({ command: "explain", id: params.id });
      return explainedOf(explained, maskFor(who));
    },
    async explain({ body }, who) {
      const { explained } = await desk.ask({ command: "ask", ...body });
      return explainedOf(explained, maskFor(who));
    },
    shadow(_asked, who) {
      const mask = maskFor(who);
      const last = composition.edge.decisions.latest(1_000).filter(({ chain }) => chain.some(isLookedAt));
      return {
        keys: [...status().inShadow],
        counts: [...tally.shadowed].map(([rule, count]) => ({ rule, count })),
        decisions: last.slice(0, 50).map((one) => decisionOf(one, mask)),
      };
    },
    async suspend({ params, body }) {
      const { calls } = await desk.suspend({ command: "suspend", account: params.name, ...body });
      return { callsEnded: calls };
    },
    resume: async ({ params }) => desk.resume({ command: "resume", account: params.name }),
    drain: async () => desk.drain({ command: "drain" }),
  };
}

function isLookedAt({ outcome }: { readonly outcome: string }): boolean {
  return outcome === "shadow";
}

/** Where a page ended; anything else is no place. */
function numberOf(after: string): number {
  const place = Number(after);
  if (Number.isSafeInteger(place) && place >= 0) return place;
  throw new ApiError(400, "bad-request", "after: is no place in this list", "Leave it out, or take `next`.");
}

function decisionOf(decision: Decision, mask: Mask): ShownDecision {
  const { id, at, action, by, status, reason, rule, side, trunk, transport, source, method, account, from, to, call } =
    decision;
  const identity = (name: string | undefined): string | null =>
    name === undefined ? null : mask.identity(cleanText(name));
  const text = (value: string | undefined): string | null => (value === undefined ? null : cleanText(value, 128));
  return {
    id,
    at: Math.round(at),
    action,
    by,
    status: status ?? null,
    reason: text(reason),
    rule: rule ?? null,
    side: side ?? null,
    trunk: trunk ?? null,
    transport: transport ?? null,
    source: source === undefined ? null : mask.address(source),
    method: text(method),
    account: identity(account),
    from: identity(from),
    to: identity(to),
    call: text(call),
  };
}

function explainedOf(explained: ExplainedCall, mask: Mask): Explained {
  const { call, notes, explanation } = explained;
  const text = (value: string): string => mask.text(cleanText(value));
  return {
    call: text(call),
    action: explanation.action,
    status: explanation.status ?? null,
    reason: explanation.reason ?? null,
    text: explanation.text ?? null,
    remedy: explanation.remedy ?? null,
    notes: notes.map(([name, said]) => ({ name, text: text(said) })),
    rules: explanation.rules.map(({ rule, outcome, note, key, line }) => {
      return { rule, outcome, note, key: key ?? null, line: line ?? null };
    }),
    lines: explainText(explained).map(text),
  };
}
