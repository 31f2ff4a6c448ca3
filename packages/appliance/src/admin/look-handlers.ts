/** What there is now: numbers, calls, registrations, carriers, accounts. A viewer sees it masked. */
import { type Account, ApiError, type Call, type SeriesName, seriesNames } from "@ringfence/admin";
import type { AccountLook, CallLook, LegLook } from "@ringfence/edge";
import type { CallSummary, LegSummary } from "@ringfence/media";
import { cleanText } from "../logs/clean-text.ts";
import type { Mask } from "../logs/mask.ts";
import type { Console, HandlersOf } from "./admin-parts.ts";
import { overviewOf } from "./overview.ts";
import { newestFirst, pageOf, speaksOf } from "./paging.ts";

type Names =
  | "overview"
  | "history"
  | "health"
  | "calls"
  | "call"
  | "quality"
  | "registrations"
  | "trunks"
  | "pbx"
  | "accounts";

export function lookHandlers(console: Console): HandlersOf<Names> {
  const { composition, history, curves, health, status, maskFor } = console;
  const { edge, media } = composition;
  return {
    overview: () => overviewOf(console),
    history: ({ query }) => history.shown(seriesOf(query.series)),
    health: () => {
      const [problems, reasons] = [health.problems(), health.notReady()];
      return { healthy: problems.length === 0, ready: reasons.length === 0, problems: [...problems, ...reasons] };
    },
    calls({ query }, who) {
      const mask = maskFor(who);
      const found = edge.look.calls().filter(({ id, from, to, a, b }) => {
        // What somebody may not see they cannot search for either.
        const names = [from, to, a.account, b.account].map((name) => name && mask.identity(name));
        return speaksOf(query.search, id, ...names, a.trunk, b.trunk);
      });
      const { items, next } = pageOf(found, query, ({ since, id }) => `${newestFirst(since)} ${id}`);
      return { items: items.map((call) => callOf(call, media.summary(call.id, "meanwhile"), mask)), next };
    },
    call({ params }, who) {
      const call = edge.look.call(params.id);
      if (call === undefined) throw noCall(params.id);
      return callOf(call, media.summary(call.id, "meanwhile"), maskFor(who));
    },
    quality({ params }) {
      const found = curves.of(params.id);
      if (found === undefined) throw noCall(params.id);
      return found;
    },
    registrations({ query }, who) {
      const mask = maskFor(who);
      const shown = edge.look.registrations().map(({ account, contact, source, device, since, ...rest }) => ({
        ...rest,
        account: mask.identity(cleanText(account)),
        contact: mask.text(cleanText(contact)),
        source: mask.address(source),
        flow: mask.text(rest.flow),
        device: device === undefined ? null : mask.text(cleanText(device)),
        since: since ?? null,
      }));
      const found = shown.filter(({ account, device, source }) =>
        speaksOf(query.search, account, device ?? undefined, source),
      );
      return pageOf(found, query, ({ account, flow }) => `${account} ${flow}`);
    },
    trunks: () => ({
      items: status().trunks.map(({ name, calls, registration, hosts }) => ({
        name,
        calls,
        registration:
          registration === undefined ? null : { state: registration.state, reason: registration.reason ?? null },
        hosts: hosts.map(({ place, state, changes }) => ({ place, state, changes: [...changes] })),
      })),
    }),
    pbx: () => {
      const { pbx } = status();
      return { ...pbx, nodes: [...pbx.nodes] };
    },
    accounts({ query }, who) {
      const mask = maskFor(who);
      const { suspended } = status();
      const all = edge.look.accounts().map((account) => {
        const name = mask.identity(cleanText(account.name));
        return {
          ...accountOf(
            account,
            suspended.find((one) => one.account === account.name),
          ),
          name,
        };
      });
      const found = all.filter(({ name }) => speaksOf(query.search, name));
      return pageOf(found, query, (account) => `${nearness(account)} ${account.name}`);
    },
  };
}

function seriesOf(text: string | undefined): readonly SeriesName[] {
  const wanted = text?.split(",") ?? seriesNames;
  return seriesNames.filter((name) => wanted.includes(name));
}

function noCall(id: string): ApiError {
  const remedy = "It has ended, or it never was: see GET /records.";
  return new ApiError(404, "no-such-call", `there is no call ${cleanText(id, 64)}`, remedy);
}

function callOf({ from, to, answeredAt, a, b, ...call }: CallLook, sound: CallSummary | undefined, mask: Mask): Call {
  return {
    ...call,
    answeredAt: answeredAt ?? null,
    from: mask.identity(cleanText(from)),
    to: mask.identity(cleanText(to)),
    a: legOf(a, sound?.a, mask),
    b: legOf(b, sound?.b, mask),
  };
}

function legOf(
  { side, transport, source, account, trunk }: LegLook,
  sound: LegSummary | undefined,
  mask: Mask,
): Call["a"] {
  return {
    side,
    transport,
    source: mask.address(source),
    account: account === undefined ? null : mask.identity(cleanText(account)),
    trunk: trunk ?? null,
    sound: sound === undefined ? null : soundOf(sound),
  };
}

function soundOf(sound: LegSummary): NonNullable<Call["a"]["sound"]> {
  return {
    codec: sound.codec === undefined ? null : cleanText(sound.codec),
    suite: sound.suite ?? null,
    packets: sound.packets,
    lost: sound.lost ?? null,
    jitterMs: rounded(sound.jitterMs),
    mos: rounded(sound.mosLast ?? sound.mos),
    heardLoss: rounded(sound.heardLoss),
    heardJitterMs: rounded(sound.heardJitterMs),
    heardMos: rounded(sound.heardMosLast ?? sound.heardMos),
  };
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 1_000) / 1_000;
}

interface Suspended {
  readonly since: number;
  readonly until: number | undefined;
  readonly reason: string;
}

function accountOf(look: AccountLook, suspended: Suspended | undefined): Account {
  const figure = ({ used, most }: AccountLook["calls"]) => ({
    used: Number.isFinite(used) ? Math.round(used * 1_000) / 1_000 : null,
    most: most ?? null,
  });
  return {
    name: look.name,
    calls: figure(look.calls),
    callsThisHour: figure(look.callsThisHour),
    minutesToday: figure(look.minutesToday),
    spentToday: figure(look.spentToday),
    currency: look.currency ?? null,
    suspended:
      suspended === undefined
        ? null
        : { since: Math.round(suspended.since), until: wholeMs(suspended.until), reason: suspended.reason },
  };
}

/** The edge's clock has fractions. */
function wholeMs(at: number | undefined): number | null {
  return at === undefined ? null : Math.round(at);
}

/** Sorts: the suspended, then those nearest to a limit of the day or hour. */
function nearness({ suspended, callsThisHour, minutesToday, spentToday }: Account): string {
  if (suspended !== null) return "000";
  const shares = [callsThisHour, minutesToday, spentToday].map(({ used, most }) =>
    used === null || most === null || most === 0 ? 0 : Math.min(1, used / most),
  );
  return String(1_000 - Math.round(Math.max(...shares) * 998)).padStart(4, "0");
}
