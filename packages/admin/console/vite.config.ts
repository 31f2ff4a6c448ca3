/** The console is the one thing of Ringfence that is built: see build.sh. Nothing in the result names another host. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  logLevel: "warn",
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2023",
    // A picture in a style sheet would be a `data:` address, which the content security policy does not let in.
    assetsInlineLimit: 0,
    // Written by a script in the page otherwise.
    modulePreload: { polyfill: false },
  },
});
