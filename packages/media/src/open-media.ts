/** Media as the configuration asks: sockets of our own, or instances of rtpengine. */
import { createMedia } from "./media.ts";
import type { Media, MediaOptions } from "./media-options.ts";
import { createFarm } from "./rtpengine/farm.ts";

/** @throws whatever the engine throws when it cannot start. Instances that do not answer are no reason not to start. */
export function openMedia(options: MediaOptions): Promise<Media> {
  return options.settings.farm === undefined ? createMedia(options) : createFarm(options);
}
