/** The inspector of a Node.js process that was started with `--inspect`, spoken to from outside (Chrome DevTools Protocol). */

interface Reply {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** Sends commands to one thread. */
export interface Session {
  send(method: string, params?: object): Promise<Record<string, unknown>>;
}

export class Inspector implements Session {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  readonly #workers = new Map<string, WorkerSession>();
  #next = 1;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#receive(JSON.parse(String(data)) as Reply));
  }

  /** @param at address and port of `--inspect=` */
  static async attach(at: string): Promise<Inspector> {
    const list = (await (await fetch(`http://${at}/json/list`)).json()) as readonly { webSocketDebuggerUrl: string }[];
    const socket = new WebSocket(list[0]?.webSocketDebuggerUrl ?? "");
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", () => reject(new Error(`no inspector at ${at}`)));
    });
    const inspector = new Inspector(socket);
    await inspector.send("NodeWorker.enable", { waitForDebuggerOnStart: false });
    return inspector;
  }

  get workers(): readonly Session[] {
    return [...this.#workers.values()];
  }

  send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = this.#next++;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return awaited(this.#waiting, id, method);
  }

  close(): void {
    this.#socket.close();
  }

  #receive(reply: Reply): void {
    if (reply.id !== undefined) return settle(this.#waiting, reply);
    const sessionId = String(reply.params?.sessionId);
    if (reply.method === "NodeWorker.attachedToWorker")
      this.#workers.set(sessionId, new WorkerSession(this, sessionId));
    if (reply.method === "NodeWorker.detachedFromWorker") this.#workers.delete(sessionId);
    if (reply.method === "NodeWorker.receivedMessageFromWorker")
      this.#workers.get(sessionId)?.receive(JSON.parse(String(reply.params?.message)) as Reply);
  }
}

class WorkerSession implements Session {
  readonly #inspector: Inspector;
  readonly #sessionId: string;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #next = 1;

  constructor(inspector: Inspector, sessionId: string) {
    this.#inspector = inspector;
    this.#sessionId = sessionId;
  }

  async send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = this.#next++;
    const reply = awaited(this.#waiting, id, method);
    const message = JSON.stringify({ id, method, params });
    await this.#inspector.send("NodeWorker.sendMessageToWorker", { message, sessionId: this.#sessionId });
    return reply;
  }

  receive(reply: Reply): void {
    settle(this.#waiting, reply);
  }
}

function awaited(
  waiting: Map<number, (reply: Reply) => void>,
  id: number,
  method: string,
): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    waiting.set(id, ({ error, result = {} }) => {
      if (error === undefined) resolve(result);
      else reject(new Error(`${method}: ${error.message}`));
    });
  });
}

function settle(waiting: Map<number, (reply: Reply) => void>, reply: Reply): void {
  if (reply.id === undefined) return;
  waiting.get(reply.id)?.(reply);
  waiting.delete(reply.id);
}
