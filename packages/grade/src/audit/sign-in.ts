/** Point 3: passwords of phones, second factors of people. */
import type { Point } from "../check.ts";
import type { AuditFacts } from "./facts.ts";

const mostNamed = 10;

export const signIn: Point<AuditFacts> = {
  number: 3,
  name: "Passwords and second factors",
  checks: [
    {
      id: "sign-in-at-the-edge",
      severity: "medium",
      title: "Nobody reaches the PBX without a password",
      fix: "Write authentication: edge and an accounts file: Ringfence asks first, and strangers never reach the PBX.",
      where: "phones.authentication",
      site: true,
      look: ({ config }) =>
        config.phones.authentication === "edge" ? [] : ["phones.authentication is relay: the PBX answers strangers"],
    },
    {
      id: "sign-in-md5",
      severity: "low",
      title: "Passwords are proven by SHA-256 only",
      fix: "Leave MD5 out of the list, once every phone takes SHA-256.",
      where: "phones.digest",
      site: true,
      look: ({ config }) => {
        if (config.phones.authentication !== "edge") return undefined;
        return config.phones.digest.includes("MD5") ? ["phones.digest offers MD5"] : [];
      },
    },
    {
      id: "sign-in-weak-passwords",
      severity: "critical",
      title: "No account has a password that is guessed",
      fix: "Give these accounts new passwords, at random and 16 characters or more.",
      where: "phones.accounts",
      site: true,
      look: ({ passwords }) => named(passwords?.weak, "has a guessable password"),
    },
    {
      id: "sign-in-plain-passwords",
      severity: "low",
      title: "The accounts file holds hashes, not passwords",
      fix: "Write ha1 in place of password.",
      where: "phones.accounts",
      look: ({ passwords }) => named(passwords?.plain, "stands in clear"),
    },
    {
      id: "sign-in-second-factor",
      severity: "high",
      title: "Everybody who signs in has a second factor",
      fix: "Have them enrol, or remove them.",
      where: "./ringfence admin users",
      site: true,
      look: ({ people }) =>
        named(
          people?.filter(({ factors }) => factors.length === 0).map(({ name }) => name),
          "has none",
        ),
    },
    {
      id: "sign-in-programs",
      severity: "low",
      title: "Keys of programs are taken from known addresses only",
      fix: "Make it anew with addresses: ./ringfence admin key NAME --role ROLE --from ADDRESS.",
      where: "./ringfence admin keys",
      site: true,
      look: ({ programs }) =>
        programs === undefined || programs.length === 0
          ? undefined
          : named(
              programs.filter(({ addresses }) => addresses.length === 0).map(({ name }) => name),
              "is taken from every address",
            ),
    },
    {
      id: "sign-in-passkeys",
      severity: "low",
      title: "Everybody who signs in has a passkey, which cannot be talked out of them",
      fix: "Add one in the console under your own name.",
      where: "./ringfence admin users",
      site: true,
      look: ({ people }) =>
        people === undefined || people.length === 0
          ? undefined
          : named(
              people
                .filter(({ factors }) => factors.length > 0 && !factors.includes("passkey"))
                .map(({ name }) => name),
              "has codes only",
            ),
    },
  ],
};

function named(names: readonly string[] | undefined, what: string): readonly string[] | undefined {
  if (names === undefined) return undefined;
  const more = names.length - mostNamed;
  return [...names.slice(0, mostNamed).map((name) => `${name} ${what}`), ...(more > 0 ? [`${more} more`] : [])];
}
