import type { Config } from "../config.ts";
import type { Finding } from "../yaml-document.ts";

/** Who is to be challenged must be known, and a file of passwords that nobody asks is a file too many. */
export function checkAccounts({ phones }: Partial<Config>): readonly Finding[] {
  if (phones === undefined) return [];
  const edge = phones.authentication === "edge";
  if (edge && phones.accounts === undefined) {
    return [
      {
        code: "accounts-missing",
        severity: "error",
        path: ["phones", "authentication"],
        message: "Ringfence would challenge phones and knows no passwords",
        remedy: "name them: accounts: { file: accounts.yaml }, or use `relay`",
      },
    ];
  }
  if (edge || phones.accounts === undefined) return [];
  return [
    {
      code: "accounts-unused",
      severity: "warning",
      path: ["phones", "accounts"],
      message: "the accounts are not used: the PBX checks passwords",
      remedy: "set authentication: edge, or remove the key and the file",
    },
  ];
}
