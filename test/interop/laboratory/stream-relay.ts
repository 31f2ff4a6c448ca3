/**
 * Joins standard input and output with a TCP port of the namespace it runs in: baresip takes commands on loopback only.
 * Says so in baresip's own form (netstring of JSON) when it is connected: events before that would be missed.
 */
import { connect } from "node:net";

const socket = connect(Number(process.argv[2]), "127.0.0.1");
const greeting = JSON.stringify({ relay: "connected" });
socket.on("connect", () => process.stdout.write(`${greeting.length}:${greeting},`));
socket.on("error", (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
socket.on("close", () => process.stdin.destroy());
process.stdin.pipe(socket).pipe(process.stdout);
