/** How each receiver of the configuration is reached. */
import { sendMail } from "../io/mail.ts";
import { postWebhook } from "../io/webhook.ts";
import type { Loaded } from "../loading.ts";
import { mailKey, webhookKey } from "./alert-secrets.ts";
import type { Way } from "./courier.ts";
import { mailOf, webhookBody } from "./message.ts";

/** A receiver that takes longer is asked again later. */
const DEADLINE = 10_000;

/** @param site name of this machine @param now wall clock, in milliseconds */
export function waysOf(
  { file, alertSecrets, authorities }: Pick<Loaded, "file" | "alertSecrets" | "authorities">,
  site: string,
  now: () => number,
): readonly Way[] {
  // A file that was not read trusts nobody.
  const trusted = (ca: string | undefined): string | undefined =>
    ca === undefined ? undefined : (authorities.get(ca) ?? "");
  return file.config.alerts.flatMap(({ name, webhook, email }): readonly Way[] => {
    const ways: Way[] = [];
    if (webhook !== undefined) {
      const place = {
        url: webhook.url,
        secret: alertSecrets.texts.get(webhookKey(name)),
        authorities: trusted(webhook.ca),
      };
      ways.push({
        receiver: name,
        kind: "webhook",
        send: (notice) =>
          postWebhook(place, JSON.stringify(webhookBody(notice, site)), Math.floor(now() / 1_000), DEADLINE),
      });
    }
    if (email !== undefined) {
      const place = { ...email, password: alertSecrets.texts.get(mailKey(name)), authorities: trusted(email.ca) };
      ways.push({ receiver: name, kind: "email", send: (notice) => sendMail(place, mailOf(notice, site), DEADLINE) });
    }
    return ways;
  });
}
