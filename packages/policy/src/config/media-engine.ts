import { z } from "zod";
import { parseIp } from "../address.ts";
import { splitHostPort } from "./endpoint.ts";
import { quoted, readDigits } from "./leaf.ts";
import type { RtpengineInstance } from "./media-config.ts";

export type EngineWord = "auto" | "js";

/** Words of our own engines, and those of the design that this version does not act on. */
const words: readonly EngineWord[] = ["auto", "js"];
const later: ReadonlyMap<string, string> = new Map([["native", "this version has no native media engine"]]);

const remedy = "use `auto`, `js`, or a map: { rtpengine: [udp://10.0.0.7:2223] }";
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

/** A word, or the list of instances: text of one shape each, so that a farm of ten is ten short lines. */
export function mediaEngine() {
  return z
    .unknown()
    .transform((value, context): EngineWord | { readonly rtpengine: readonly RtpengineInstance[] } => {
      const fail = (code: string, message: string, path: readonly (string | number)[] = [], hint = remedy): never => {
        context.addIssue({ code: "custom", message, path: [...path], params: { code, remedy: hint } });
        return z.NEVER;
      };
      if (typeof value === "string") {
        const word = words.find((candidate) => candidate === value);
        const sentence = later.get(value);
        if (sentence !== undefined) return fail("not-supported-yet", sentence);
        return word ?? fail("bad-value", `is ${quoted(value)}, which is not one of the words known here`);
      }
      const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
      if (keys.length !== 1 || keys[0] !== "rtpengine") return fail("wrong-type", "names no engine");
      const list = (value as { readonly rtpengine: unknown }).rtpengine;
      if (!Array.isArray(list)) return fail("wrong-type", "is no list of instances", ["rtpengine"]);
      if (list.length === 0 || list.length > maxInstances) {
        return fail("out-of-range", `has ${list.length} instances, and may have 1 to ${maxInstances}`, ["rtpengine"]);
      }
      const instances: RtpengineInstance[] = [];
      for (const [index, text] of list.entries()) {
        const instance = typeof text === "string" ? parseInstance(text) : undefined;
        if (instance !== undefined) instances.push(instance);
        else
          fail("bad-format", `is ${quoted(String(text))}, which is no instance`, ["rtpengine", index], instanceRemedy);
      }
      return instances.length === list.length ? { rtpengine: instances } : z.NEVER;
    })
    .meta({
      kind: "`auto`, `js` or `{ rtpengine: [udp://ADDRESS:PORT, ...] }`",
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
