/** Rules for native code: no warning from either compiler, one format, and arithmetic on lengths in one file. */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { expect, test } from "vitest";
import { findProgram, outsideProgram } from "../support/outside-program.ts";
import {
  clang,
  fuzzTargets,
  headers,
  objectsOf,
  root,
  run,
  runtimeHeaders,
  sanitizedAddonFlags,
  sources,
  strictFlags,
  threadProgram,
} from "./compile.ts";

const programs = [...fuzzTargets, threadProgram];
const here = (file: string): string => relative(root, file);
const patience = 900_000;

// Some of its warnings come from the analysis that goes with optimisation.
const optimised = ["-O2", "-fstack-protector-strong", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2"];
const compilers = [
  ["g++", "g++", [...strictFlags, ...optimised, "-isystem", runtimeHeaders]],
  // Those of clang are all said before it: the objects are for the sanitized addon, which is made of them afterwards.
  [clang, "clang", sanitizedAddonFlags],
] as const;

for (const [compiler, debianPackage, flags] of compilers) {
  outsideProgram(compiler, debianPackage)(
    `${compiler} has nothing to say about any source`,
    async () => expect(await objectsOf(sources, compiler, flags)).toHaveLength(sources.length),
    patience,
  );
}

// Formats differ from version to version; the one that counts is Debian 12's, as CONTRIBUTING says.
const isVersion14 = (): boolean => findProgram("clang-format-14") !== undefined;
outsideProgram(
  "clang-format-14",
  "clang-format",
  isVersion14,
)("native code is formatted", async () => {
  await run("clang-format-14", ["--dry-run", "-Werror", ...sources, ...headers, ...programs], "clang-format");
});

test("a header or source has at most 250 lines", () => {
  const long = [...sources, ...headers, ...programs].filter(
    (file) => readFileSync(file, "utf8").trimEnd().split("\n").length > 250,
  );
  expect(long.map(here)).toEqual([]);
});

/** What walks over memory by hand, or counts octets by hand. */
const byHand: readonly (readonly [string, RegExp])[] = [
  ["arithmetic on a pointer", /\bdata\(\)\s*[+[-]/],
  [
    "arithmetic on a length",
    /\b(?:size\(\)|\w*length)\s*[+-](?![>+-])|[+-]\s*(?:\w+(?:\.|->))*(?:size\(\)|\w*length\b)/,
  ],
  ["an exception", /\b(?:throw|try|catch)\b/],
];

test("positions and lengths are counted in bytes.h and nowhere else", () => {
  const found = [...sources, ...headers]
    .filter((file) => !file.endsWith("/node-srtp/native/bytes.h"))
    .flatMap((file) =>
      readFileSync(file, "utf8")
        .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, " "))
        .split("\n")
        .flatMap((line, at) => {
          const code = line.replace(/\/\/.*|"(?:[^"\\]|\\.)*"/g, "");
          return byHand.filter(([, sign]) => sign.test(code)).map(([what]) => `${here(file)}:${at + 1} ${what}`);
        }),
    );
  expect(found).toEqual([]);
});

/** Names of the language, the C library, the kernel, Node-API, libuv and OpenSSL. */
const theirs = /^(?:napi|pthread|sockaddr|epoll|inet|in|in6|if|sock|uv|dtls1)_|_(?:t|cast|assert|type)$|^sockaddr/;

test("names of ours are written likeThis, LikeThis or kLikeThis", () => {
  const found = [...sources, ...headers, ...programs].flatMap((file) => {
    const code = readFileSync(file, "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*|"(?:[^"\\\n]|\\.)*"|^#.*/gm, "");
    // Behind `::`, `.` and `->` stand members of the standard library too; ours are declared somewhere without these.
    const names = code.match(/(?<!::|\.|->)\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b/g) ?? [];
    return names.filter((name) => !theirs.test(name)).map((name) => `${here(file)} ${name}`);
  });
  expect(found).toEqual([]);
});
