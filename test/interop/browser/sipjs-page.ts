/** SIP.js as a phone in a page. It lets a page describe its media itself: with `sdes` no RTCPeerConnection is made. */
import {
  Invitation,
  Inviter,
  type InviterInviteOptions,
  Messager,
  Registerer,
  type Session,
  type SessionDescriptionHandler,
  SessionState,
  SIPExtension,
  Subscriber,
  SubscriptionState,
  UserAgent,
} from "sip.js";
import "./ears.ts";
import { type Direction, directionOf, sdesDescription } from "./description.ts";
import { type Command, chosen, devices, type PageSettings } from "./page-phone.ts";

type OutgoingRequestDelegate = NonNullable<InviterInviteOptions["requestDelegate"]>;

const calls: Session[] = [];
let agent: UserAgent;
let registerer: Registerer;
let domain = "";
let watching: Subscriber | undefined;

const answers: Readonly<Record<Direction, Direction>> = {
  sendrecv: "sendrecv",
  sendonly: "recvonly",
  recvonly: "sendonly",
  inactive: "inactive",
};

/** One for each call. RFC 3264: what is asked for after an offer came is its answer. */
function description(): SessionDescriptionHandler {
  let version = 0;
  let offered: Direction | undefined;
  let waiting = false;
  return {
    close: () => {},
    hasDescription: (type) => type === "application/sdp",
    sendDtmf: () => false,
    getDescription(options) {
      const hold = (options as { hold?: boolean } | undefined)?.hold === true;
      const direction = offered === undefined ? (hold ? "sendonly" : "sendrecv") : answers[offered];
      waiting = offered === undefined;
      offered = undefined;
      const body = sdesDescription(`- 1 ${++version} IN IP4 192.0.2.99`, direction);
      return Promise.resolve({ body, contentType: "application/sdp" });
    },
    setDescription(sdp) {
      offered = waiting ? undefined : directionOf(sdp);
      waiting = false;
      return Promise.resolve();
    },
  };
}

async function start(settings: PageSettings): Promise<void> {
  domain = settings.domain;
  agent = new UserAgent({
    uri: uri(settings.user),
    authorizationUsername: settings.user,
    authorizationPassword: settings.password,
    transportOptions: { server: settings.server },
    reconnectionAttempts: 60,
    reconnectionDelay: 1,
    ...(settings.keying === "sdes" && { sessionDescriptionHandlerFactory: description }),
    // Without this it asks a STUN server of the Internet for its address, and waits five seconds for no answer.
    sessionDescriptionHandlerFactoryOptions: { peerConnectionConfiguration: { iceServers: [] } },
    sipExtensionReplaces: SIPExtension.Supported,
    sipExtension100rel: SIPExtension.Supported,
    logLevel: "warn",
    delegate: {
      onConnect() {
        happened("connected", "");
        // Told what happened by the delegate; a rejection here would say it twice.
        void registerer.register({ requestDelegate: registration }).catch(() => {});
      },
      onDisconnect: (error) => happened("disconnected", error?.message ?? ""),
      onInvite: (invitation) => enter(invitation),
      onMessage(message) {
        happened("message", message.request.body);
        void message.accept();
      },
    },
  });
  registerer = new Registerer(agent, { regId: 1, expires: 60, refreshFrequency: 75 });
  registerer.stateChange.addListener((state) => {
    if (state === "Unregistered") happened("unregistered", "");
  });
  await agent.start();
}

/** Its own state does not change when it registers again after a lost connection. */
const registration: OutgoingRequestDelegate = {
  onAccept: () => happened("registered", ""),
  onReject: ({ message }) => happened("registration-refused", String(message.statusCode)),
};

function uri(who: string): NonNullable<ReturnType<typeof UserAgent.makeURI>> {
  const made = UserAgent.makeURI(who.startsWith("sip:") ? who : `sip:${who}@${domain}`);
  if (made === undefined) throw new Error(`no URI: ${who}`);
  return made;
}

function enter(session: Session): void {
  calls.push(session);
  let established = false;
  session.delegate = {
    onRefer(referral) {
      happened("referred", "");
      const inviter = referral.makeInviter();
      enter(inviter);
      void referral.accept().then(() => inviter.invite());
    },
    onInvite: (request) => happened(directionOf(request.body) === "sendrecv" ? "resumed" : "held", ""),
  };
  session.stateChange.addListener((state) => {
    if (state === SessionState.Established) {
      established = true;
      happened("established", "");
    }
    if (state !== SessionState.Terminated) return;
    if (established) happened("ended", "");
    else if (session instanceof Invitation) happened("failed", "");
  });
  if (session instanceof Invitation && session.replacee !== undefined) {
    happened("replaced", "");
    void session.accept();
  } else if (session instanceof Invitation) happened("incoming", session.remoteIdentity.uri.user ?? "");
}

function call(to: string, pictures?: boolean): void {
  const inviter = new Inviter(agent, uri(to), media(pictures));
  enter(inviter);
  const requestDelegate: OutgoingRequestDelegate = {
    onProgress: ({ message }) => happened("ringing", String(message.statusCode)),
    onReject: ({ message }) => happened("failed", String(message.statusCode)),
  };
  void inviter.invite({ requestDelegate });
}

const media = (pictures?: boolean) => ({
  sessionDescriptionHandlerOptions: { constraints: devices(pictures) } as object,
});

function hangUp(session: Session): void {
  if (session.state === SessionState.Established) void session.bye();
  else if (session instanceof Inviter) void session.cancel();
}

function hold(session: Session, on: boolean): void {
  session.sessionDescriptionHandlerOptionsReInvite = { hold: on } as object;
  const answered: OutgoingRequestDelegate = { onAccept: () => happened("hold-answered", "") };
  void session.invite({ requestDelegate: answered });
}

function restartIce(session: Session): void {
  session.sessionDescriptionHandlerOptionsReInvite = { offerOptions: { iceRestart: true } } as object;
  const answered: OutgoingRequestDelegate = { onAccept: () => happened("restart-answered", "") };
  void session.invite({ requestDelegate: answered });
}

function transfer(session: Session, to: Session | ReturnType<typeof uri>): void {
  void session.refer(to, {
    requestDelegate: { onReject: ({ message }) => happened("transfer", `refused ${message.statusCode}`) },
    onNotify(notification) {
      void notification.accept();
      happened("transfer", notification.request.body.split(" ")[1] ?? "");
    },
  });
}

function press(digit: string): void {
  const content = `Signal=${digit}\r\nDuration=160\r\n`;
  const body = { contentDisposition: "render", contentType: "application/dtmf-relay", content };
  const answered: OutgoingRequestDelegate = { onAccept: () => happened("digit-answered", "") };
  void chosen(calls, undefined).info({ requestOptions: { body }, requestDelegate: answered });
}

function write(to: string, text: string): void {
  const say = ({ message }: { message: { statusCode?: number | undefined } }): void =>
    happened("message-answered", String(message.statusCode));
  void new Messager(agent, uri(to), text).message({ requestDelegate: { onAccept: say, onReject: say } });
}

function watch(who: string, event: string, accept: string): void {
  const subscriber = new Subscriber(agent, uri(who), event, { expires: 300, extraHeaders: [`Accept: ${accept}`] });
  watching = subscriber;
  subscriber.delegate = {
    onNotify(notification) {
      void notification.accept();
      happened("notified", notification.request.body);
    },
  };
  subscriber.stateChange.addListener((state) => {
    if (state === SubscriptionState.Subscribed) happened("watching", "");
    if (state === SubscriptionState.Terminated) happened("watch-ended", "");
  });
  void subscriber.subscribe();
}

globalThis.tell = (command: Command): void => {
  switch (command.do) {
    case "start":
      return void start(command.settings);
    case "unregister":
      return void registerer.unregister();
    case "call":
      return call(command.to, command.pictures);
    case "answer":
      return void (chosen(calls, command.call) as Invitation).accept(media(command.pictures));
    case "reject":
      return void (chosen(calls, command.call) as Invitation).reject({ statusCode: 486 });
    case "hang-up":
      return hangUp(chosen(calls, command.call));
    case "hold":
    case "resume":
      return hold(chosen(calls, command.call), command.do === "hold");
    case "restart-ice":
      return restartIce(chosen(calls, command.call));
    case "press":
      return press(command.digit);
    case "transfer":
      return transfer(chosen(calls, command.call), uri(command.to));
    case "transfer-to-call":
      return transfer(chosen(calls, command.call), chosen(calls, command.other));
    case "write":
      return write(command.to, command.text);
    case "watch":
      return watch(command.who, command.event, command.accept);
    case "unwatch":
      return void watching?.unsubscribe();
  }
};
