/** The extensions of every laboratory, each with a microphone that picks up a tone of its own. */
import { passwords } from "./pbx.ts";
import type { PhoneSettings } from "./phone-settings.ts";

export type Way = Pick<PhoneSettings, "transport" | "media"> & Partial<Pick<PhoneSettings, "answers" | "ice">>;

export const encrypted: Way = { transport: "tls", media: "srtp" };
export const plain: Way = { transport: "udp", media: "plain" };

/** Hertz: no multiple of each other, so that neither is heard in the other. */
export const tones = { "1001": 1_000, "1002": 1_700, "1003": 2_300 } as const;

const parties = { "1001": "phone", "1002": "phone2", "1003": "phone3" } as const;

export function extension(user: keyof typeof tones, way: Way): PhoneSettings {
  return {
    party: parties[user],
    user,
    password: passwords[user],
    hertz: tones[user],
    answers: "at-once",
    ...way,
  };
}
