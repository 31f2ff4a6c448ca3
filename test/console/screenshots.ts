/** Pictures of the console for docs/console.md: `node test/console/screenshots.ts`. A Ringfence of its own, with phones that talk. */
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sizes, startChromium, watchedPage } from "./browser.ts";
import { ConsoleSite } from "./console-site.ts";
import { enrol, open } from "./console-user.ts";

const folder = fileURLToPath(new URL("../../docs/console/", import.meta.url));
const largest = 80_000;
/** Between the two of the tests: a picture of a page is looked at in a page. */
const window = { width: 1_040, height: 560 } as const;

const shots = [
  { name: "overview", place: "", title: "Overview", size: "laptop", colours: "light" },
  { name: "calls", place: "calls", title: "Calls", size: "laptop", colours: "light" },
  { name: "trunks", place: "trunks", title: "Trunks", size: "laptop", colours: "light" },
  { name: "configuration", place: "config", title: "Configuration", size: "phone", colours: "dark" },
  { name: "fraud", place: "fraud", title: "Fraud", size: "laptop", colours: "dark" },
] as const;

const [site, browser] = await Promise.all([ConsoleSite.open(), startChromium()]);
try {
  const { page } = await watchedPage(await browser.newContext({ viewport: sizes.laptop }));
  await page.goto(site.address);
  await enrol(page, "ada", await site.enrolmentCode());
  const says = { displayName: "Reception", session: "-" };
  const phones = [
    await site.phone("1001", { userAgent: "Desk phone 7.2.1", ...says }),
    await site.phone("1002", { userAgent: "Softphone 4.0", ...says }),
  ];
  for (const phone of phones) {
    await phone.register();
    await phone.call("600");
  }
  await phones[0]?.call("00881612345678");
  for (const { name, place, title, size, colours } of shots) {
    await page.setViewportSize(size === "phone" ? sizes.phone : window);
    await page.emulateMedia({ colorScheme: colours });
    await open(page, site.address, place, title);
    await page.locator("main .waiting").waitFor({ state: "detached" });
    const path = `${folder}${name}.png`;
    await page.screenshot({ path });
    const { size: octets } = statSync(path);
    console.log(`${name}.png: ${octets} octets${octets > largest ? ", which is too much" : ""}`);
  }
} finally {
  await browser.close();
  await site.close();
}
