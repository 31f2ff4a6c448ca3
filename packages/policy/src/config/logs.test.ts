import { expect, test } from "vitest";
import { loadConfig } from "./load.ts";

const base = "pbx: { address: 10.0.0.5 }\nphones: { domains: [example.com] }\n";

function logsOf(section: string) {
  const loaded = loadConfig(`${base}logs: ${section}`);
  if (loaded.ok) return { logs: loaded.config.logs, errors: [] };
  const errors = loaded.issues.filter(({ severity }) => severity === "error");
  return { logs: undefined, errors: errors.map(({ code, path }) => `${path} ${code}`) };
}

test("without the section everything from info goes to standard output, numbers masked", () => {
  expect(logsOf("{}").logs).toEqual({
    level: "info",
    mask: "numbers",
    files: undefined,
    syslog: undefined,
    sipTrace: "off",
  });
});

test("levels are one word, or a map by area in which the default may be left out", () => {
  expect(logsOf("{ level: warn }").logs?.level).toBe("warn");
  expect(logsOf("{ level: { default: error, trunk: debug } }").logs?.level).toEqual({
    default: "error",
    trunk: "debug",
  });
  expect(logsOf("{ level: { media: debug } }").logs?.level).toEqual({ default: "info", media: "debug" });
});

const wrongLevels: readonly (readonly [string, string])[] = [
  ["{ level: loud }", "logs.level bad-value"],
  ["{ level: [info] }", "logs.level wrong-type"],
  ["{ level: { trunks: debug } }", "logs.level.trunks unknown-key"],
  ["{ level: { trunk: loud } }", "logs.level.trunk bad-value"],
  ["{ level: { trunk: 1 } }", "logs.level.trunk wrong-type"],
];

test.each(wrongLevels)("%s is refused where it stands", (section, issue) => {
  expect(logsOf(section).errors).toEqual([issue]);
});

test("files have a size, and are kept by number or by age", () => {
  expect(logsOf("{ files: { path: /var/log/ringfence } }").logs?.files).toEqual({
    path: "/var/log/ringfence",
    maxSize: 100_000_000,
    keep: { files: 14 },
  });
  const { logs } = logsOf("{ files: { path: logs, max_size: 500kB, keep: 30d } }");
  expect(logs?.files).toEqual({ path: "logs", maxSize: 500_000, keep: { ageMs: 2_592_000_000 } });
});

const wrongFiles: readonly (readonly [string, string])[] = [
  ["{ files: {} }", "logs.files.path missing-key"],
  ["{ files: { path: x, max_size: 100 } }", "logs.files.max_size wrong-type"],
  ["{ files: { path: x, max_size: 10kB } }", "logs.files.max_size out-of-range"],
  ["{ files: { path: x, max_size: 10MiB } }", "logs.files.max_size bad-format"],
  ["{ files: { path: x, keep: 0 } }", "logs.files.keep bad-format"],
  ["{ files: { path: x, keep: 1h } }", "logs.files.keep bad-format"],
];

test.each(wrongFiles)("%s is refused where it stands", (section, issue) => {
  expect(logsOf(section).errors).toEqual([issue]);
});

const collectors: readonly (readonly [string, object])[] = [
  ["tls://siem.example.com", { transport: "tls", host: "siem.example.com", port: 6514 }],
  ["tls://SIEM.example.com:7000", { transport: "tls", host: "siem.example.com", port: 7000 }],
  ["tcp://10.0.0.9", { transport: "tcp", host: "10.0.0.9", port: 514 }],
  ["udp://[2001:db8::9]", { transport: "udp", host: "2001:db8::9", port: 514 }],
];

test.each(collectors)("the collector %s is read with the port of its kind", (url, target) => {
  expect(logsOf(`{ syslog: { url: "${url}" } }`).logs?.syslog).toMatchObject({
    url: target,
    format: "rfc5424",
    facility: "local0",
    spool: 64_000_000,
  });
});

test.each(["siem.example.com", "http://siem.example.com", "tls://", "tls://a:0", "tls://a b"])(
  "%s is no collector",
  (url) => {
    expect(logsOf(`{ syslog: { url: "${url}" } }`).errors).toEqual(["logs.syslog.url bad-format"]);
  },
);

test("a certificate for the collector must be there", () => {
  const { errors } = logsOf("{ syslog: { url: tls://a.example, certificate: siem } }");
  expect(errors).toEqual(["logs.syslog.certificate certificate-unknown"]);
});

test("lines in clear text to another machine are warned about, to this one are not", () => {
  const codes = (url: string) => {
    const loaded = loadConfig(`${base}logs: { syslog: { url: "${url}" } }`);
    return (loaded.ok ? loaded.warnings : loaded.issues).map(({ code }) => code);
  };
  expect(codes("udp://10.0.0.9")).toContain("log-unencrypted");
  expect(codes("tcp://127.0.0.1")).not.toContain("log-unencrypted");
  expect(codes("tls://10.0.0.9")).not.toContain("log-unencrypted");
});
