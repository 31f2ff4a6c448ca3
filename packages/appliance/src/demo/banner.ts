/** What to type into a softphone. */
import type { Terminal } from "../terminal.ts";
import type { DemoAccount } from "./accounts.ts";
import type { DemoPlan } from "./demo-config.ts";

export function demoBanner(plan: DemoPlan, accounts: readonly DemoAccount[], terminal: Pick<Terminal, "bold">): string {
  const tls = plan.sipPort + 1;
  const account = accounts.map(({ user, password }) => `    ${user.padEnd(10)} password ${terminal.bold(password)}`);
  return `
  ${terminal.bold("Ringfence demo is ready.")} Enter this into a softphone:

    domain     ${terminal.bold(plan.address)}
    transport  TLS, port ${tls}: calls with SRTP (SDES)
               UDP or TCP, port ${plan.sipPort}: calls with plain RTP
${account.join("\n")}

  Dial 600 to hear yourself, 601 for a tone, 1001 or 1002 for the other phone.
  The TLS certificate is self-signed: switch off verification for this test.

    console    http://127.0.0.1:${plan.adminPort}/ (./ringfence admin enrol prints the code for the first sign-in)
    metrics    http://127.0.0.1:${plan.metricsPort}/metrics
    status     ./ringfence status
    stop       Ctrl-C

  This is a demo with a PBX of its own. For yours: ./ringfence start --config FILE
`;
}
