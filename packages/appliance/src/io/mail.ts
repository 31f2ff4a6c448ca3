/** One mail, as plain text. TLS is verified, and demanded where the server is not on this machine. `nodemailer` is used here and nowhere else. */
import { createTransport } from "nodemailer";
import { cleanText } from "../logs/clean-text.ts";
import type { Delivery } from "./webhook.ts";

export interface MailPlace {
  readonly host: string;
  readonly port: number;
  readonly security: "tls" | "starttls" | "plain";
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly from: string;
  readonly to: readonly string[];
  /** PEM; undefined: the system's. */
  readonly authorities: string | undefined;
}

const SHOWN = 200;

/** Never rejects. @param mail one line, and text without markup */
export async function sendMail(
  place: MailPlace,
  mail: { readonly subject: string; readonly text: string },
  deadlineMs: number,
): Promise<Delivery> {
  const { host, port, security, user, password, from, to, authorities } = place;
  const transport = createTransport({
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "plain",
    ...(user !== undefined && password !== undefined && { auth: { user, pass: password } }),
    tls: {
      minVersion: "TLSv1.2",
      rejectUnauthorized: true,
      ...(authorities !== undefined && { ca: authorities }),
    },
    connectionTimeout: deadlineMs,
    greetingTimeout: deadlineMs,
    socketTimeout: deadlineMs,
    // A text is a text: no part of it is ever read as the name of a file or a page.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), deadlineMs);
  });
  try {
    const headers = { "Auto-Submitted": "auto-generated" };
    const sent = transport.sendMail({ from, to: [...to], subject: oneLine(mail.subject), text: mail.text, headers });
    const { response, rejected } = await Promise.race([sent, late]);
    const refused = rejected.length === 0 ? "" : `; not for ${rejected.map(String).join(", ")}`;
    return { ok: rejected.length === 0, said: cleanText(`${response}${refused}`, SHOWN) };
  } catch (error) {
    return { ok: false, said: cleanText(error instanceof Error ? error.message : String(error), SHOWN) };
  } finally {
    clearTimeout(timer);
    transport.close();
  }
}

/** A header is one line, whoever wrote it. */
function oneLine(text: string): string {
  return cleanText(text, SHOWN);
}
