import { createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { portOwner } from "./port-owner.ts";

const server = createServer();
afterEach(() => server.close());

test("the process that holds a port is named", async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  expect(portOwner("tcp", port)).toMatch(new RegExp(`\\(process ${process.pid}\\)$`));
  expect(portOwner("udp", port)).toBeUndefined();
});
