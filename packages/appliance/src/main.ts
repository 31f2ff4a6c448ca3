/** Where the process begins. */
import { runCli } from "./cli.ts";
import { readEnvironment } from "./environment.ts";
import { installFatalHandler } from "./shutdown.ts";
import { createTerminal } from "./terminal.ts";

const environment = readEnvironment();
const terminal = createTerminal({ colour: !environment.noColour });
installFatalHandler((line) => terminal.problem(line));
// Not process.exit(): what was written to a pipe has to get out first. Commands leave nothing behind that keeps the process.
process.exitCode = await runCli(process.argv.slice(2), { environment, terminal });
