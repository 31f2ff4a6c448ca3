import { z } from "zod";
import { parseIp } from "../address.ts";
import { splitHostPort } from "./endpoint.ts";
import { quoted, readDigits } from "./leaf.ts";
import type { RtpengineInstance } from "./media-config.ts";

export type EngineWord = "auto" | "native" | "js";

/** Words of our own engines. */
const words: readonly EngineWord[] = ["auto", "native", "js"];

const remedy = "use `auto`, `native`, `js`, or a map: { rtpengine: [udp://10.0.0.7:2223] }";
const instanceRemedy = "write udp://10.0.0.7:2223, or udp://10.0.0.7:2223;weight=2";
const maxInstances = 64;
const maxWeight = 1_000;

/** `udp://10.0.0.7:2223`, `udp://[2001:db8::7]:2223;weight=2`; an address and no name: nothing else may answer for it. */
function parseInstance(text: string): RtpengineInstance | undefined {
  const [place = "", ...params] = text.toLowerCase().split(";");
  if (!place.startsWith("udp://") || params.length > 1) return undefined;
  const target = splitHostPort(place.slice("udp://".length));
  const param = params[0] ?? "weight=1";
  const weight = param.startsWith("weight=") ? readDigits(param.slice("weight=".length)) : -1;
  if (target?.port === undefined || target.port === 0 || parseIp(target.host) === undefined) return undefined;
  return weight < 0 || weight > maxWeight ? undefined : { address: target.host, port: target.port, weight };
}

type Engine = EngineWord | { readonly rtpengine: readonly RtpengineInstance[] };

interface Fault {
  readonly code: string;
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly remedy?: string;
}

/** A word, or the list of instances: text of one shape each, so that a farm of ten is ten short lines. */
export function mediaEngine() {
  return z
    .unknown()
    .transform((value, context): Engine => {
      const read = typeof value === "string" ? readWord(value) : readMap(value);
      if (!isFaulty(read)) return read;
      for (const { code, message, path = [], remedy: hint = remedy } of read) {
        context.addIssue({ code: "custom", message, path: [...path], params: { code, remedy: hint } });
      }
      return z.NEVER;
    })
    .meta({
      kind: "`auto`, `native`, `js` or `{ rtpengine: [udp://ADDRESS:PORT, ...] }`",
      anyOf: [
        { enum: words },
        {
          type: "object",
          properties: { rtpengine: { type: "array", items: { type: "string" }, minItems: 1, maxItems: maxInstances } },
          required: ["rtpengine"],
          additionalProperties: false,
        },
      ],
    });
}

function isFaulty(read: Engine | readonly Fault[]): read is readonly Fault[] {
  return Array.isArray(read);
}

function readWord(text: string): EngineWord | readonly Fault[] {
  const message = `is ${quoted(text)}, which is not one of the words known here`;
  return words.find((word) => word === text) ?? [{ code: "bad-value", message }];
}

function readMap(value: unknown): Engine | readonly Fault[] {
  const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
  if (keys.length !== 1 || keys[0] !== "rtpengine") return [{ code: "wrong-type", message: "names no engine" }];
  const { rtpengine: list } = value as { readonly rtpengine: unknown };
  const path = ["rtpengine"];
  if (!Array.isArray(list)) return [{ code: "wrong-type", message: "is no list of instances", path }];
  if (list.length === 0 || list.length > maxInstances) {
    const message = `has ${list.length} instances, and may have 1 to ${maxInstances}`;
    return [{ code: "out-of-range", message, path }];
  }
  const faults: Fault[] = [];
  const instances: RtpengineInstance[] = [];
  for (const [index, text] of list.entries()) {
    const instance = typeof text === "string" ? parseInstance(text) : undefined;
    if (instance !== undefined) instances.push(instance);
    const message = `is ${quoted(String(text))}, which is no instance`;
    if (instance === undefined) {
      faults.push({ code: "bad-format", message, path: ["rtpengine", index], remedy: instanceRemedy });
    }
  }
  return faults.length > 0 ? faults : { rtpengine: instances };
}
