/** The admin server without sockets: a clock of its own, users who signed in as people do, and handlers that say that they were reached. */
import { createHmac } from "node:crypto";
import {
  type Act,
  type Admin,
  ApiError,
  createAdmin,
  type Handlers,
  type Role,
  type RouteName,
  routes,
} from "@ringfence/admin";
import { totp } from "./totp.ts";

/** What a handler answers here: whoever sees it was let in. */
export const reached = 418;

export interface Browser {
  readonly cookie: string;
  readonly csrf: string;
  readonly recoveryCodes: readonly string[];
  readonly totpSecret: string;
}

export interface Ask {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly body?: unknown;
  readonly as?: Browser | undefined;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly from?: string;
}

export interface Said {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly json: Json;
}

/** What some route or other answers; undefined where the one that was asked does not. */
interface Json {
  readonly error?: { readonly code: string; readonly message: string; readonly remedy: string };
  readonly stage?: string;
  readonly csrf?: string;
  readonly next?: string;
  readonly canEnrol?: boolean;
  readonly state?: Json;
  readonly totp?: { readonly secret: string; readonly uri: string };
  readonly passkey?: boolean;
  readonly options?: { readonly challenge: string };
  readonly recoveryCodes?: readonly string[];
}

const host = "localhost:9061";
export const password = "four plain words together";

export class AdminWorld {
  now = Date.UTC(2026, 10, 23, 3);
  file: string | undefined;
  /** Passwords that were derived: the costly work. */
  derived = 0;
  readonly acts: Act[] = [];
  readonly notes: { readonly by: string; readonly act: string; readonly result: string; readonly detail: string }[] =
    [];
  readonly bugs: unknown[] = [];
  readonly admin: Admin;
  readonly #door: ReturnType<Admin["door"]>;
  #dice = 0;

  /** @param file what the file of users holds */
  constructor(allowed: readonly string[] = ["127.0.0.1", "::1", "192.0.2.7", "192.0.2.8"], file?: string) {
    this.file = file;
    this.admin = createAdmin({
      store: {
        read: () => this.file,
        write: (text) => {
          this.file = text;
        },
      },
      now: () => this.now,
      random: (count) => this.#random(count),
      isWithin: (address, blocks) => blocks.includes(address),
      mask: () => "numbers",
      handlers: () => handlersThatSaySo(),
      live: () => () => undefined,
      audited: async (act, work) => {
        this.acts.push(act);
        return work();
      },
      note: (note) => this.notes.push(note),
      onBug: (error) => this.bugs.push(error),
      version: "0.0.0",
      files: new Map(),
      derive: async (text, salt) => {
        this.derived++;
        return createHmac("sha256", salt).update(text).digest();
      },
    });
    const settings = {
      allows: (address: string) => allowed.includes(address),
      placeOf: (address: string) => address,
      names: ["sbc.example.com"],
      secure: false,
    };
    this.#door = this.admin.door(() => settings, undefined);
  }

  async ask(path: string, { method = "GET", body, as, headers = {}, from = "127.0.0.1" }: Ask = {}): Promise<Said> {
    const all = {
      host,
      ...(as !== undefined && { cookie: as.cookie, "x-csrf-token": as.csrf }),
      ...headers,
    };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >;
    const streams = path === "/events";
    const answer = await this.#door.app.inject({
      method,
      url: path.startsWith("//") ? path.slice(1) : `/api/v1${path}`,
      headers: given,
      remoteAddress: from,
      ...(body !== undefined && { payload: body as object }),
      ...(streams && { payloadAsStream: true }),
    });
    if (streams && answer.statusCode === 200) {
      answer.stream().destroy();
      return { status: 200, headers: answer.headers, json: {} };
    }
    const text = streams ? await textOf(answer.stream()) : answer.body;
    return { status: answer.statusCode, headers: answer.headers, json: parsed(text) };
  }

  /** A user with password and authenticator, signed in. The first one is an admin. */
  async enrolled(name: string, role: Role = "admin", from = "127.0.0.1"): Promise<Browser> {
    const { people } = this.admin;
    const { code } = people.isUnclaimed ? people.openFirst() : people.invite(name, role);
    const begun = await this.ask("/enrol", { method: "POST", body: { code, user: name, password }, from });
    const secret = begun.json.totp?.secret ?? "";
    const half = { ...this.browser(begun), totpSecret: secret };
    const body = { code: totp(secret, this.now) };
    return {
      ...half,
      ...this.browser(await this.ask("/enrol/totp", { method: "POST", body, as: half, from })),
      totpSecret: secret,
    };
  }

  /** The browser that got this answer. */
  browser({ headers, json }: Said): Browser {
    const cookie = String(headers["set-cookie"]).split(";")[0] ?? "";
    const csrf = (json.state ?? json).csrf ?? "";
    return { cookie, csrf, recoveryCodes: json.recoveryCodes ?? [], totpSecret: "" };
  }

  async close(): Promise<void> {
    this.admin.close();
    await this.#door.close();
  }

  /** Never the same twice. */
  #random(count: number): Uint8Array {
    const made = createHmac("sha512", "dice")
      .update(String(this.#dice++))
      .digest();
    return made.subarray(0, count);
  }
}

function handlersThatSaySo(): Handlers {
  const say = (): never => {
    throw new ApiError(reached, "reached", "somebody was let in", "");
  };
  return Object.fromEntries((Object.keys(routes) as RouteName[]).map((name) => [name, say])) as unknown as Handlers;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}
