/** A request of each role to each route about what there is on a site that has had its day: a route without one does not compile. */
import { type Role, type Route, type RouteName, roles, routes } from "@ringfence/admin";
import { expect } from "vitest";
import { eventually } from "../support/eventually.ts";
import type { OperatedSite } from "../support/operated-site.ts";
import { unsafe } from "../support/payloads.ts";

/** What somebody who looks around has found. */
export interface Found {
  /** A call that is up. */
  readonly call: string;
  /** One that has ended. */
  readonly over: string;
  readonly alert: number;
  readonly record: number;
  readonly decision: string;
  /** Of a program that nobody needs. */
  readonly key: string;
  readonly config: { readonly text: string; readonly digest: string };
}

interface DataRequest {
  readonly path?: string;
  readonly body?: object;
  /** The code of the refusal that is right here, for those who may ask. */
  readonly says?: string;
}

/** Before sign-in, and for a person in a browser alone: admin-sign-in.test.ts and admin-passkey.test.ts. */
const byPersons = "a person's way in";
const plain: DataRequest = {};

/** @param role each changes something of its own */
function dataRequests(found: Found, role: Role): Readonly<Record<RouteName, DataRequest | typeof byPersons>> {
  const { call, alert, record, decision, config } = found;
  const source = `198.51.100.${role.length}`;
  return {
    session: plain,
    signIn: byPersons,
    signInTotp: byPersons,
    signInPasskeyOptions: byPersons,
    signInPasskey: byPersons,
    signInRecovery: byPersons,
    signOut: byPersons,
    enrol: byPersons,
    enrolTotp: byPersons,
    enrolPasskeyOptions: byPersons,
    enrolPasskey: byPersons,
    overview: plain,
    history: plain,
    events: plain,
    health: plain,
    openapi: plain,
    calls: { path: "/calls?search=1001" },
    call: { path: `/calls/${call}` },
    ladder: { path: `/calls/${call}/ladder` },
    quality: { path: `/calls/${call}/quality` },
    registrations: { path: "/registrations?limit=2" },
    trunks: plain,
    pbx: plain,
    bans: plain,
    ban: { body: { source, forMs: 60_000 } },
    unban: { path: `/bans/${source}` },
    decisions: { path: "/decisions?limit=200" },
    decision: { path: `/decisions/${decision}` },
    explain: { body: { to: "600", from: "1001" } },
    shadow: plain,
    accounts: plain,
    suspend: { path: "/accounts/1004/suspend", body: { forMs: 60_000 } },
    resume: { path: "/accounts/1004/resume" },
    config: plain,
    configSchema: plain,
    configCheck: { body: { text: config.text } },
    configDiff: { body: { text: config.text.replace("calls_per_account: 50", "calls_per_account: 40") } },
    configWrite: { body: config },
    configReload: { body: {} },
    configConfirm: { says: "nothing-to-confirm" },
    configRollback: { body: {} },
    configHistory: plain,
    configGeneration: { path: "/config/history/1" },
    records: { path: "/records?limit=200&number=1001&reason=hangup" },
    recordsExport: { path: "/records/export?format=jsonl" },
    record: { path: `/records/${record}` },
    privacyShow: { body: { who: "1003" } },
    privacyErase: { body: { who: "1003" } },
    alerts: plain,
    acknowledge: { path: `/alerts/${alert}/acknowledge` },
    alertTest: plain,
    auditLog: plain,
    auditLogVerify: plain,
    hardening: plain,
    hardeningRun: plain,
    drain: plain,
    users: plain,
    userAdd: { body: { name: `by-${role}`, role: "viewer" } },
    userReset: { path: `/users/by-${role}/reset` },
    userRemove: { path: `/users/by-${role}` },
    keys: plain,
    keyAdd: { body: { name: "more", role: "viewer", forMs: 60_000 } },
    keyRemove: { path: `/keys/${found.key}` },
  };
}

interface Items<T> {
  readonly items: readonly T[];
}

/** @param site with a call that is up, records, and alerts that are open */
export async function lookAround(site: OperatedSite): Promise<Found> {
  const asked = async <T>(path: string, method = "GET", body?: object): Promise<T> =>
    JSON.parse((await site.ask("admin", path, method, body)).text) as T;
  const [call] = (await asked<Items<{ readonly id: string }>>("/calls")).items;
  await eventually("the first point of its curve", async () => {
    return (await site.ask("admin", `/calls/${call?.id}/quality`)).status === 200;
  });
  const records = await asked<Items<{ readonly id: number; readonly facts: { readonly call: string } }>>(
    "/records?reason=hangup&limit=1",
  );
  const [record] = records.items;
  const [alert] = (await asked<{ readonly open: readonly { readonly id: number }[] }>("/alerts")).open;
  const [decision] = (await asked<Items<{ readonly id: string }>>("/decisions")).items;
  const wanted = { name: "spare", role: "viewer", forMs: 60_000, addresses: [] };
  const { key } = await asked<{ readonly key: { readonly id: string } }>("/keys", "POST", wanted);
  const { text, digest } = await asked<Found["config"]>("/config");
  if (call === undefined || record === undefined || alert === undefined || decision === undefined)
    throw new Error("there is nothing to look at");
  return {
    ...{ call: call.id, over: record.facts.call, record: record.id, alert: alert.id },
    ...{ decision: decision.id, key: key.id, config: { text, digest } },
  };
}

/** Each role asks each route: whoever may is answered as the schema says, whoever may not is told why, and nobody anything more. */
export async function askEverything(site: OperatedSite, found: Found): Promise<void> {
  for (const role of roles) {
    for (const [name, request] of Object.entries(dataRequests(found, role)) as [RouteName, DataRequest | string][]) {
      if (typeof request === "string") continue;
      const route: Route = routes[name];
      const { status, text } = await site.ask(role, request.path ?? route.path, route.method, request.body);
      const said = { name, role, ...outcomeOf(route, text, status) };
      expect(said).toEqual({ name, role, ...expected(route, request, role) });
      expect({ name, role, unsafe: textsOf(text).filter((one) => unsafe.test(one)) }).toEqual({
        name,
        role,
        unsafe: [],
      });
    }
  }
}

interface Outcome {
  readonly status: number;
  readonly code?: string;
  readonly fits?: boolean;
}

function expected({ role: wanted, answer, stream }: Route, { says }: DataRequest, role: Role): Outcome {
  const may = wanted === "anyone" || wanted === "session" || roles.indexOf(role) >= roles.indexOf(wanted);
  if (!may) return { status: 403, code: "role" };
  if (says !== undefined) return { status: says.startsWith("no-such-") ? 404 : 409, code: says };
  if (answer === undefined) return { status: stream === undefined ? 204 : 200 };
  return { status: 200, fits: true };
}

function outcomeOf({ answer }: Route, text: string, status: number): Outcome {
  if (status >= 300) return { status, code: JSON.parse(text).error.code };
  return answer === undefined ? { status } : { status, fits: answer.safeParse(JSON.parse(text)).success };
}

/** Every text in an answer, but those that are whole messages and whole files, which have lines. */
function textsOf(answer: string): readonly string[] {
  const texts: string[] = [];
  const note = (key: string, value: unknown): unknown => {
    if (typeof value === "string" && key !== "text") texts.push(value);
    return value;
  };
  if (answer.startsWith("{") && !answer.includes("}\n{")) JSON.parse(answer, note);
  else texts.push(...answer.split("\n"));
  return texts;
}
