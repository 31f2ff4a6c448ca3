/** A stranger who asks for accounts by REGISTER, and looks at the answers and at how long the edge worked for them. */
import { performance } from "node:perf_hooks";
import type { Flow, Output } from "@ringfence/edge";
import { type Challenge, parseMessage, type Request, type Response } from "@ringfence/sip";
import { challengesOf, credentialsFor } from "./edge-accounts.ts";
import { EdgeWorld } from "./edge-world.ts";
import { registerLines, replyLines } from "./sip-script.ts";

export type Mode = "edge" | "relay";

export interface Asked {
  readonly user: string;
  readonly domain: string;
}

export interface Answered {
  readonly text: string;
  readonly response: Response;
  readonly milliseconds: number;
}

/** Accounts 1000 to 1199 exist, those beside them do not. */
const isKnown = ({ user, domain }: Asked): boolean => domain === "pbx.example.com" && user >= "1000" && user <= "1199";

function book(): string {
  return Array.from({ length: 200 }, (_, i) => `"${1000 + i}": { password: "correct horse battery ${i}" }`).join("\n");
}

export class RegisterProbe {
  readonly #world: EdgeWorld;
  #source = 0;
  #nonce = 0;

  constructor(mode: Mode) {
    this.#world = mode === "edge" ? new EdgeWorld("", { accounts: book(), phones: "" }) : new EdgeWorld();
  }

  /** As from a connection of its own: without and, `guesses` times, with a wrong password. */
  ask(asked: Asked, guesses: number): readonly Answered[] {
    const n = ++this.#source;
    const phone = this.#world.phone(`192.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`, 40_000, "tls");
    const callId = `probe-${String(n).padStart(8, "0")}`;
    const lines = (cseq: number, extra: readonly string[]) => [
      ...registerLines(phone, { user: asked.user, cseq, callId }).map((line) =>
        line.replaceAll("pbx.example.com", asked.domain),
      ),
      ...extra,
    ];
    const answers = [this.#exchange(phone.flow, lines(1, []))];
    for (let i = 0; i < guesses; i++) {
      const last = answers.at(-1)?.response;
      const [challenge] = last === undefined ? [] : challengesOf(last);
      if (challenge === undefined) break;
      answers.push(this.#exchange(phone.flow, lines(2 + i, [wrongProof(asked, challenge)])));
    }
    return answers;
  }

  #exchange(flow: Flow, lines: readonly string[]): Answered {
    let { outputs, milliseconds } = this.#timed(flow, [...lines, "Content-Length: 0"]);
    const asked = sent(outputs, "core");
    if (asked !== undefined) {
      const request = parseMessage(asked.bytes, "datagram");
      if (request.kind !== "request") throw new Error("no request");
      const back = this.#timed(asked.flow as Flow, [...this.#pbxSays(request), "Content-Length: 0"]);
      outputs = back.outputs;
      milliseconds += back.milliseconds;
    }
    const answer = sent(outputs, "phone");
    const response = answer === undefined ? undefined : parseMessage(answer.bytes, "stream");
    if (answer === undefined || response?.kind !== "response") throw new Error("no answer");
    return { text: Buffer.from(answer.bytes).toString("latin1"), response, milliseconds };
  }

  /** As miniSipServer does, and a PBX that says who it does not know. */
  #pbxSays(request: Request): readonly string[] {
    const user = request.to.uri.kind === "sip" ? (request.to.uri.user ?? "") : "";
    if (!isKnown({ user, domain: "pbx.example.com" })) return replyLines(request, "404 Not Found");
    const nonce = `69318C2D${(++this.#nonce * 7919).toString(16).toUpperCase().padStart(24, "A")}`;
    const challenge = `WWW-Authenticate: Digest realm="myvoipapp.com", nonce="${nonce}", algorithm=MD5, stale=true`;
    return replyLines(request, "401 Unauthorized", [challenge]);
  }

  #timed(flow: Flow, lines: readonly string[]): { outputs: readonly Output[]; milliseconds: number } {
    const bytes = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
    this.#world.now += 1;
    const start = performance.now();
    const outputs = this.#world.core.handle(this.#world.now, { kind: "message", flow, bytes });
    return { outputs, milliseconds: performance.now() - start };
  }
}

function wrongProof({ user, domain }: Asked, challenge: Challenge): string {
  return credentialsFor(challenge, { user, password: "a wrong guess of it", uri: `sip:${domain}` });
}

function sent(outputs: readonly Output[], side: Flow["side"]) {
  return outputs.flatMap((o) => (o.kind === "send" && (o.flow as Flow).side === side ? [o] : [])).at(-1);
}
