/** certbot of this machine. It speaks to the person itself: what it says goes where we speak. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";

/** Debian's package, its own installer, snap. */
const places = ["/usr/bin/certbot", "/usr/local/bin/certbot", "/snap/bin/certbot"];

export function whereCertbotIs(): string | undefined {
  return places.find((place) => existsSync(place));
}

/** @returns whether it ended well */
export function runCertbot(certbot: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(certbot, args, { stdio: ["ignore", "inherit", "inherit"] });
  return new Promise((resolve) => {
    child.once("error", () => resolve(false));
    child.once("close", (code) => resolve(code === 0));
  });
}
