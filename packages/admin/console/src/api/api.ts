/** The way to the API. What it refuses is an ApiError, whose remedy the pages show. */
import { type AnswerTo, type Asked, addressOf, type PathOf, type Verb } from "./questions.ts";

export class ApiError extends Error {
  readonly code: string;
  /** What to do; empty where there is nothing to say. */
  readonly remedy: string;
  /** 0: nobody answered. */
  readonly status: number;

  constructor(status: number, code: string, message: string, remedy: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.remedy = remedy;
  }

  /** Whatever was thrown, as something that a page can show. */
  static of(thrown: unknown): ApiError {
    return thrown instanceof ApiError ? thrown : new ApiError(0, "console", String(thrown), "Load the page again.");
  }
}

interface Manner {
  readonly signal?: AbortSignal;
  /** Nobody's finger caused it: it does not keep the session alive. */
  readonly background?: boolean;
}

export class Api {
  readonly #onSignedOut: () => void;
  /** Goes with everything that changes something: only a page of ours has read it. */
  csrf = "";

  /** @param onSignedOut the session has ended: by itself, or elsewhere */
  constructor(onSignedOut: () => void) {
    this.#onSignedOut = onSignedOut;
  }

  get<P extends PathOf<"GET">>(path: P, asked: Asked<"GET", P>, manner: Manner = {}): Promise<AnswerTo<"GET", P>> {
    const { signal = null, background = false } = manner;
    return this.#ask(addressOf(path, asked), { signal, headers: background ? { "x-background": "1" } : {} });
  }

  send<V extends Exclude<Verb, "GET">, P extends PathOf<V>>(
    verb: V,
    path: P,
    asked: Asked<V, P>,
  ): Promise<AnswerTo<V, P>> {
    const { body } = asked as { readonly body?: unknown };
    const headers: Record<string, string> = this.csrf === "" ? {} : { "x-csrf-token": this.csrf };
    const address = addressOf(path, asked);
    if (body === undefined) return this.#ask(address, { method: verb, headers });
    return this.#ask(address, {
      method: verb,
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  async #ask<T>(address: string, init: RequestInit): Promise<T> {
    const response = await fetch(address, init).catch((error: Error) => {
      if (error.name === "AbortError") throw error;
      const remedy = "Is it running, and is this machine still connected to it?";
      throw new ApiError(0, "unreachable", "Ringfence does not answer.", remedy);
    });
    const body = response.status === 204 ? undefined : await bodyOf(response);
    // The server answers by the schemas that these types are made of.
    if (response.ok) return body as T;
    const refusal = refusalOf(response.status, body);
    if (refusal.status === 401 && this.csrf !== "") this.#onSignedOut();
    throw refusal;
  }
}

/** Undefined where it is no JSON: a proxy answered, or the connection was lost on the way. */
async function bodyOf(response: Response): Promise<unknown> {
  return response.json().catch((error: Error) => {
    if (error.name === "AbortError") throw error;
    return undefined;
  });
}

function refusalOf(status: number, body: unknown): ApiError {
  const { error } = (body ?? {}) as { readonly error?: Partial<Record<"code" | "message" | "remedy", string>> };
  const message = error?.message ?? `Ringfence answered ${status}, and did not say why.`;
  return new ApiError(status, error?.code ?? "unknown", message, error?.remedy ?? "Its log says more.");
}
