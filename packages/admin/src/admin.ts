/** People and programs at one door: users, sessions, keys, and the server, joined. */
import type { ServerOptions } from "node:https";
import type { DoorSettings } from "./door/admission.ts";
import type { Audited, Handlers, Live } from "./door/handlers.ts";
import { Rate } from "./door/rate.ts";
import { type WayInOptions, wayIn } from "./door/way-in.ts";
import type { ConsoleFiles } from "./io/console-files.ts";
import { type AdminServer, createServer } from "./io/server.ts";
import { ApiKeys } from "./people/api-keys.ts";
import { Lockout } from "./people/lockout.ts";
import { type Derive, Passwords, type ScryptCost } from "./people/password.ts";
import { People } from "./people/people.ts";
import { Sessions } from "./people/sessions.ts";
import { UserBook } from "./people/user-book.ts";
import type { UserStore } from "./people/user-file.ts";
import { Enrolling } from "./sign-in/enrolment.ts";
import { SignIn, type SignInNote } from "./sign-in/sign-in.ts";

/** Requests of one place: a console asks for a few things each second. */
const perSecond = 50;
const burst = 300;
const sweepEvery = 5_000;

export interface AdminOptions {
  readonly store: UserStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: (count: number) => Uint8Array;
  readonly isWithin: (address: string, blocks: readonly string[]) => boolean;
  readonly mask: WayInOptions["mask"];
  readonly handlers: (admin: Pick<Admin, "people" | "keys">) => Handlers;
  readonly live: Live;
  readonly audited: Audited;
  readonly note: (note: SignInNote) => void;
  readonly onBug: (error: unknown) => void;
  readonly version: string;
  readonly files: ConsoleFiles;
  /** Tests have less time. */
  readonly cost?: ScryptCost;
  readonly derive?: Derive;
}

export interface Place {
  readonly address: string;
  readonly port: number;
}

export interface Admin {
  readonly people: People;
  readonly keys: ApiKeys;
  readonly sessions: Sessions;
  /** A door that is not open yet; several may lead in, one after the other or at one time. */
  door(settings: () => DoorSettings, tls: ServerOptions | undefined): Door;
  /** Ends every session. */
  close(): void;
}

export interface Door extends Pick<AdminServer, "app"> {
  /** @returns where: the port when it was 0 @throws what the system says */
  open(place: Place): Promise<Place>;
  /** Streams are told, and connections closed. */
  close(): Promise<void>;
}

/** @throws Error when the file of users is not one of ours: nobody may enrol then */
export function createAdmin(options: AdminOptions): Admin {
  const { now, random, note } = options;
  const doors = new Set<AdminServer>();
  const sweep = (): void => {
    for (const { streams } of doors) streams.sweep();
  };
  const book = new UserBook(options.store);
  const sessions = new Sessions(random, sweep);
  const lockout = new Lockout();
  const passwords = new Passwords(random, options.cost, options.derive);
  const keys = new ApiKeys(book, random, options.isWithin);
  const people = new People({ book, sessions, now, random });
  const signIn = new SignIn({ book, sessions, passwords, lockout, now, note });
  const enrolling = new Enrolling({ people, sessions, passwords, lockout, random, now, note });
  const way = wayIn({ book, people, sessions, signIn, enrolling, mask: options.mask, note });
  const handlers = options.handlers({ people, keys });
  const rate = new Rate(perSecond, burst);
  // A browser that asks for nothing does not notice that its time is over.
  const timer = setInterval(() => {
    sessions.expire(now());
    sweep();
  }, sweepEvery);
  timer.unref();
  return {
    people,
    keys,
    sessions,
    door(settings, tls) {
      const { live, audited, version, files, onBug } = options;
      const reception = { settings, sessions, keys, book, rate, now };
      const server = createServer({ ...reception, wayIn: way, handlers, live, audited, version, files, tls, onBug });
      doors.add(server);
      return {
        app: server.app,
        async open({ address, port }) {
          await server.app.listen({ host: address, port });
          const bound = server.app.server.address();
          return typeof bound === "object" && bound !== null ? bound : { address, port };
        },
        async close() {
          doors.delete(server);
          server.streams.close();
          await server.app.close();
        },
      };
    },
    close() {
      clearInterval(timer);
      sessions.endAll();
    },
  };
}
