/** A mail server on a port of the system's choice, that keeps what it is told. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export interface KeptMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Head and body, as they came. */
  readonly text: string;
  readonly secure: boolean;
  readonly user: string | undefined;
}

export interface MailServer {
  readonly port: number;
  readonly mails: readonly KeptMail[];
  /** Users and passwords that were tried. */
  readonly tried: readonly string[];
  close(): Promise<void>;
}

export async function startMailServer(options: SMTPServerOptions, password = ""): Promise<MailServer> {
  const mails: KeptMail[] = [];
  const tried: string[] = [];
  const server = new SMTPServer({
    ...options,
    authOptional: password === "",
    onAuth(auth, _session, answer) {
      tried.push(`${auth.username} ${auth.password}`);
      if (auth.password === password) answer(null, { user: auth.username });
      else answer(new Error("wrong password"));
    },
    onData(stream, session, done) {
      let text = "";
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? "" : mailFrom.address;
        const to = rcptTo.map(({ address }) => address);
        mails.push({ from, to, text, secure: session.secure, user: session.user });
        done();
      });
    },
  });
  // A client that does not like our certificate goes away: what a test is about.
  server.on("error", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    tried,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
