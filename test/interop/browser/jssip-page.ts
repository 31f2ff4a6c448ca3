/** JsSIP as a phone in a page: its own RTCPeerConnection, with the descriptions exchanged on the way out and in. */
import JsSIP from "jssip";
import "./ears.ts";
import { toDtls, toSdes } from "./description.ts";
import { type Command, chosen, devices, type PageSettings } from "./page-phone.ts";

type Agent = InstanceType<typeof JsSIP.UA>;
type Session = ReturnType<Agent["call"]>;
type Watch = ReturnType<Agent["subscribe"]>;

const media = (pictures?: boolean) => ({ mediaConstraints: devices(pictures) });
const calls: Session[] = [];
let agent: Agent;
let keying: PageSettings["keying"] = "sdes";
let watching: Watch | undefined;

function start({ server, user, domain, password, ...settings }: PageSettings): void {
  keying = settings.keying;
  const sockets = [new JsSIP.WebSocketInterface(server)];
  agent = new JsSIP.UA({
    sockets,
    uri: `sip:${user}@${domain}`,
    password,
    register_expires: 60,
    connection_recovery_max_interval: 3,
  });
  agent.on("connected", () => happened("connected", ""));
  agent.on("disconnected", ({ code }) => happened("disconnected", String(code)));
  agent.on("registered", () => happened("registered", ""));
  agent.on("unregistered", () => happened("unregistered", ""));
  agent.on("registrationFailed", ({ response }) => happened("registration-refused", String(response?.status_code)));
  agent.on("newRTCSession", ({ session }: { session: Session }) => enter(session));
  agent.on("newMessage", ({ originator, request }: { originator: string; request: { body: string } }) => {
    if (originator === "remote") happened("message", request.body);
  });
  agent.start();
}

function enter(session: Session): void {
  calls.push(session);
  session.on("sdp", (description) => {
    if (keying === "dtls") return;
    const { originator, type, sdp } = description;
    description.sdp = originator === "local" ? toSdes(sdp) : toDtls(sdp, type as "offer" | "answer");
  });
  // Candidates lead nowhere here: the first is as good as all of them.
  session.on("icecandidate", ({ ready }) => keying === "sdes" && ready());
  session.on("progress", (progress: { originator: string; response?: { status_code: number } }) => {
    if (progress.originator === "remote") happened("ringing", String(progress.response?.status_code));
  });
  session.on("confirmed", () => happened("established", ""));
  session.on("hold", ({ originator }) => originator === "remote" && happened("held", ""));
  session.on("unhold", ({ originator }) => originator === "remote" && happened("resumed", ""));
  // Both make a session that is announced as any other one.
  session.on("refer", ({ accept }) => {
    happened("referred", "");
    accept(null, media());
  });
  session.on("replaces", ({ accept }) => {
    happened("replaced", "");
    accept((replacing: Session) => setTimeout(() => replacing.answer(media())));
  });
  session.on("ended", ({ cause }) => happened("ended", cause));
  session.on("failed", ({ cause, message }) => happened("failed", `${statusOf(message)} ${cause}`));
  if (session.direction === "incoming") happened("incoming", session.remote_identity.uri.user);
}

function statusOf(message: unknown): string {
  const { status_code } = (message ?? {}) as { readonly status_code?: number };
  return String(status_code ?? "");
}

function transfer(from: Session, target: string, replaces?: Session): void {
  const say = ({ status_line }: { status_line: { status_code: number } }): void =>
    happened("transfer", String(status_line.status_code));
  const refused = ({ response }: { response?: { status_code: number } }): void =>
    happened("transfer", `refused ${response?.status_code}`);
  const eventHandlers = { trying: say, progress: say, accepted: say, failed: say, requestFailed: refused };
  from.refer(target, replaces === undefined ? { eventHandlers } : { eventHandlers, replaces });
}

function watch(who: string, event: string, accept: string): void {
  const watch = agent.subscribe(who, event, accept, { expires: 300, contentType: "text/plain" });
  watching = watch;
  watch.on("active", () => happened("watching", ""));
  watch.on("notify", (_final, _request, body) => happened("notified", body ?? ""));
  watch.on("terminated", (code, reason) => happened("watch-ended", `${code} ${reason ?? ""}`));
  watch.subscribe();
}

globalThis.tell = (command: Command): void => {
  switch (command.do) {
    case "start":
      return start(command.settings);
    case "unregister":
      return agent.unregister();
    case "call":
      return void agent.call(command.to, media(command.pictures));
    case "answer":
      return chosen(calls, command.call).answer(media(command.pictures));
    case "reject":
      return chosen(calls, command.call).terminate({ status_code: 486, reason_phrase: "Busy Here" });
    case "hang-up":
      return chosen(calls, command.call).terminate();
    case "hold":
      return void chosen(calls, command.call).hold({}, () => happened("hold-answered", ""));
    case "resume":
      return void chosen(calls, command.call).unhold({}, () => happened("hold-answered", ""));
    case "restart-ice": {
      const restart = { rtcOfferConstraints: { iceRestart: true } };
      return void chosen(calls, command.call).renegotiate(restart, () => happened("restart-answered", ""));
    }
    case "press": {
      const session = chosen(calls, undefined);
      return session.sendDTMF(command.digit, { transportType: JsSIP.C.DTMF_TRANSPORT.INFO });
    }
    case "transfer":
      return transfer(chosen(calls, command.call), command.to);
    case "transfer-to-call": {
      const other = chosen(calls, command.other);
      return transfer(chosen(calls, command.call), other.remote_identity.uri.toString(), other);
    }
    case "write":
      return void agent.sendMessage(command.to, command.text, {
        eventHandlers: {
          succeeded: ({ response }) => happened("message-answered", String(response.status_code)),
          failed: ({ response }) => happened("message-answered", String(response?.status_code)),
        },
      });
    case "watch":
      return watch(command.who, command.event, command.accept);
    case "unwatch":
      return watching?.terminate();
  }
};
