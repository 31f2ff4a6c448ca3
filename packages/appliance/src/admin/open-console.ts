/** The console and the API of a running Ringfence: opened when the configuration wants them, and loaded only then. */
import { randomBytes } from "node:crypto";
import {
  type Admin,
  ApiError,
  createAdmin,
  type Door,
  type DoorSettings,
  type Handler,
  type Handlers,
  type Place,
  type RouteName,
  readConsoleFiles,
} from "@ringfence/admin";
import { type AdminConfig, canonicalIp, PrefixSet, parseCidr, RingfenceError } from "@ringfence/policy";
import { CallCurves } from "../call-curves.ts";
import { objectOf } from "../control/object-of.ts";
import type { Loaded } from "../loading.ts";
import { createMask } from "../logs/mask.ts";
import { version } from "../version.ts";
import type { AdminParts, Console } from "./admin-parts.ts";
import { bookHandlers } from "./book-handlers.ts";
import { configHandlers } from "./config-handlers.ts";
import { defenceHandlers } from "./defence-handlers.ts";
import { History } from "./history.ts";
import { liveFrom } from "./live.ts";
import { lookHandlers } from "./look-handlers.ts";
import { peopleHandlers } from "./people-handlers.ts";
import { STEP_MS } from "./ring.ts";
import { userStore } from "./user-store.ts";

const consoleFolder = new URL("../../../admin/console/dist", import.meta.url).pathname;

export interface OpenConsole extends Pick<Admin, "people" | "keys"> {
  /** Where people open it. */
  readonly url: string;
  /** Opens its door, or moves it. @throws what the system says */
  serve(next: Loaded, admin: AdminConfig): Promise<void>;
  close(): Promise<void>;
}

/** @throws Error when the file of users cannot be read */
export function openConsole(parts: AdminParts, usersFile: string, first: AdminConfig): OpenConsole {
  const { composition, audit, log, tally } = parts;
  let settings = doorSettings(first);
  let config = first;
  const curves = new CallCurves(composition.edge, composition.media);
  const history = new History({ edge: composition.edge, tally });
  const unmasked = createMask("off");
  const consoleOf = (people: Pick<Admin, "people" | "keys">): Console => ({
    ...parts,
    ...people,
    history,
    curves,
    maskFor: ({ role }) => (role === "viewer" ? createMask(config.mask) : unmasked),
  });
  let whole: Console | undefined;
  const admin = createAdmin({
    store: userStore(usersFile),
    now: Date.now,
    random: randomBytes,
    isWithin: (address, blocks) =>
      new PrefixSet(blocks.map(parseCidr).filter((one) => typeof one !== "string")).has(address),
    mask: () => config.mask,
    handlers: (people) => {
      whole = consoleOf(people);
      return refusalsAsAnswers(allHandlers(whole));
    },
    live: (who, send) => (whole === undefined ? () => undefined : liveFrom(whole)(who, send)),
    audited: ({ asked, ...act }, work) => audit.around({ ...act, via: "api", object: objectOf(...asked) }, work),
    note: (note) => audit.note({ ...note, via: "api" }),
    onBug: (error) => log.line("error", { event: "bug", detail: error }),
    version,
    files: readConsoleFiles(consoleFolder),
  });
  const timer = setInterval(() => {
    const now = Date.now();
    history.tick(now, curves.tick(now));
  }, STEP_MS);
  timer.unref();
  let open: { readonly door: Door; readonly key: string; readonly url: string } | undefined;
  return {
    people: admin.people,
    keys: admin.keys,
    get url() {
      return open?.url ?? "";
    },
    async serve(next, wanted) {
      config = wanted;
      settings = doorSettings(wanted);
      const { key, tls } = doorOf(next, wanted);
      if (open?.key === key) return;
      // The new one may want the place of the old one.
      await open?.door.close();
      open = undefined;
      const door = admin.door(() => settings, tls);
      open = { door, key, url: urlOf(await door.open(wanted.listen), settings) };
      log.line("info", { event: "admin", reason: "open", detail: open.url });
    },
    async close() {
      clearInterval(timer);
      admin.close();
      await open?.door.close();
    },
  };
}

function allHandlers(console: Console): Handlers {
  return {
    ...lookHandlers(console),
    ...defenceHandlers(console),
    ...configHandlers(console),
    ...bookHandlers(console),
    ...peopleHandlers(console),
  };
}

/** What a desk refuses is told as it is, under the status that fits. */
function refusalsAsAnswers(handlers: Handlers): Handlers {
  const wrapped = Object.entries(handlers).map(([name, handle]) => {
    const told = async (...given: Parameters<Handler<RouteName>>): Promise<unknown> => {
      try {
        return await (handle as Handler<RouteName>)(...given);
      } catch (error) {
        if (!(error instanceof RingfenceError)) throw error;
        const status = error.code.startsWith("no-such-") ? 404 : 409;
        throw new ApiError(status, error.code, error.message, error.remedy);
      }
    };
    return [name, told];
  });
  return Object.fromEntries(wrapped) as Handlers;
}

function doorSettings({ allow, names, certificate }: AdminConfig): DoorSettings {
  const allowed = new PrefixSet(allow);
  return { allows: (address) => allowed.has(address), placeOf, names, secure: certificate !== undefined };
}

/** One machine has the whole of an IPv6 /64. */
function placeOf(address: string): string {
  if (!address.includes(":")) return address;
  return canonicalIp(address)?.split(":").slice(0, 4).join(":") ?? address;
}

/** `key`: of what makes another door necessary. */
function doorOf({ certificates, authorities }: Loaded, { listen, certificate, clientCa }: AdminConfig) {
  if (certificate === undefined) return { key: JSON.stringify(listen), tls: undefined };
  const { cert, key } = certificates.tls(certificate);
  // A file that was not read trusts nobody.
  const ca = clientCa === undefined ? undefined : (authorities.get(clientCa) ?? []);
  const shown = ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true };
  return { key: JSON.stringify([listen, cert, ca]), tls: { cert, key, minVersion: "TLSv1.2" as const, ...shown } };
}

function urlOf({ address, port }: Place, { secure, names }: DoorSettings): string {
  const host = names[0] ?? (address.includes(":") ? `[${address}]` : address);
  return `${secure ? "https" : "http"}://${host}:${port}/`;
}
