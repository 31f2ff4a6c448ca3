/** `main.ts SOCKET RULESET`: loads the ruleset, then takes orders until it is told to stop. What is loaded stays. */
import { FirewallHelper } from "./helper.ts";
import { findNft } from "./io/nft.ts";
import { listenForOrders } from "./io/order-socket.ts";

function giveUp(detail: string): never {
  process.stderr.write(`ringfence-firewall: ${detail}\n`);
  process.exit(1);
}

const [socket, rules] = process.argv.slice(2);
if (socket === undefined || rules === undefined) giveUp("wants two arguments: its socket and the ruleset");
const nft = findNft();
if (nft === undefined) giveUp("nft is not installed (apt-get install nftables)");
const helper = new FirewallHelper(nft, rules, () => performance.now());
const loaded = await helper.load();
if (!loaded.ok) giveUp(`${rules} cannot be loaded: ${loaded.detail}`);
process.umask(0o117);
await listenForOrders(socket, (line) => helper.answer(line)).catch((error: unknown) => giveUp(String(error)));
process.stdout.write(`ringfence-firewall: ${rules} is loaded, orders come in on ${socket}\n`);
