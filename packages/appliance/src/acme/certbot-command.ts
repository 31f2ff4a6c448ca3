/** How certbot is asked for a certificate. Ringfence speaks no ACME itself: what certbot brings comes in by its deploy hook. */
import type { AcmeConfig } from "@ringfence/policy";

/**
 * Program and arguments. certbot opens port 80 itself while the authority looks, keeps what was asked for, and asks the same again when it
 * renews.
 * @param config absolute path of the configuration file
 */
export function certbotCommand({ name, domains, email }: AcmeConfig, config: string): readonly string[] {
  // certbot gives this text to a shell, which fills in the variable.
  const hook = `ringfence certificates take "$RENEWED_LINEAGE" --config ${quotedForShell(config)}`;
  return [
    ...["certbot", "certonly", "--standalone", "--non-interactive", "--agree-tos", "--cert-name", name],
    ...(email === undefined ? ["--register-unsafely-without-email"] : ["--email", email]),
    ...domains.flatMap((domain) => ["--domain", domain]),
    ...["--deploy-hook", hook],
  ];
}

const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./@:";

export function quotedForShell(text: string): string {
  if (text !== "" && [...text].every((character) => plain.includes(character))) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}
