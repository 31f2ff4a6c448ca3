/**
 * Joins the parts: policy is asked by the edge, the edge drives media through its own port, media tells the edge what
 * happened to a call. Edge and media never import each other; here is the one place that knows both.
 */
import {
  type BanKeeper,
  type BindingKeeper,
  type EdgeCount,
  type EdgeEvent,
  type EdgeHandle,
  type EdgeSettings,
  pooledRandom,
  startEdge,
  type UseKeeper,
} from "@ringfence/edge";
import {
  chooseEngine,
  type EngineChoice,
  type Media,
  type MediaSettings,
  MediaSwitch,
  openMedia,
} from "@ringfence/media";
import { RingfenceError } from "@ringfence/policy";
import { qualityOf } from "./call-quality.ts";
import { editionOf } from "./generations/history.ts";
import type { Loaded } from "./loading.ts";
import type { Log } from "./logs/logger.ts";
import { countCall } from "./metrics/call-counts.ts";
import type { Metrics } from "./metrics/registry.ts";
import { portsFill } from "./ports-fill.ts";
import type { RecordBook } from "./records/record-book.ts";
import { describeJudgement } from "./reload-judgement.ts";

/** Tests bring their own. */
export interface Makers {
  readonly startEdge: typeof startEdge;
  readonly openMedia: typeof openMedia;
}

export interface EngineInUse {
  readonly name: EngineChoice["name"] | "rtpengine";
  /** The end of a sentence. */
  readonly why: string;
}

export interface Composition {
  readonly edge: EdgeHandle;
  readonly media: Media;
  /** What moves the packets of new calls. */
  readonly engine: EngineInUse;
  /** Both take the new configuration over, or neither does and it throws. What stands of what it forbids, in words. */
  apply(next: Loaded, inForce: Loaded): Promise<readonly string[]>;
  /** Ends calls and closes sockets: signalling first, because it says goodbye through media that still stands. */
  stop(): Promise<void>;
}

export interface Sinks {
  readonly log: Log;
  readonly metrics: Metrics;
  /** Told of every event, with how a call was heard. */
  readonly records?: Pick<RecordBook, "take">;
  readonly keeper?: BindingKeeper;
  readonly bans?: BanKeeper;
  readonly use?: UseKeeper;
}

/** @throws RingfenceError when a listener cannot be bound or there is no such engine; nothing is left open then */
export async function compose(
  loaded: Loaded,
  sinks: Sinks,
  makers: Makers = { startEdge, openMedia },
): Promise<Composition> {
  const { log, metrics } = sinks;
  // Media begins before the edge that it reports to; before there is an edge there is no call to report about.
  let edge: EdgeHandle | undefined;
  const open = (wanted: Loaded, { factory }: Chosen): Promise<Media> =>
    makers.openMedia({
      ...(factory !== undefined && { engine: factory }),
      settings: mediaSettings(wanted),
      random: pooledRandom(),
      onEvent: (event) => edge?.mediaEvent(event),
      log: (event) => log.line(event.level, event),
    });
  const engine = engineFor(loaded);
  const media = new MediaSwitch(await open(loaded, engine));
  try {
    edge = await makers.startEdge({
      settings: edgeSettings(loaded),
      policy: loaded.policy,
      media,
      keeper: sinks.keeper,
      banKeeper: sinks.bans,
      use: sinks.use,
      fill: () => portsFill(media.status()),
      onEvent(event: EdgeEvent) {
        const heard = { ...event, ...soundOf(media, event) };
        log.line(event.level, heard);
        sinks.records?.take(heard);
        countCall(metrics, heard);
      },
      onCount: (count) => countEdge(metrics, count),
    });
  } catch (error) {
    await media.stop();
    throw error;
  }
  return join(edge, media, engine, open);
}

function join(
  edge: EdgeHandle,
  media: MediaSwitch,
  first: Chosen,
  open: (wanted: Loaded, chosen: Chosen) => Promise<Media>,
): Composition {
  let engine = first;
  /** Of the last engine of our own: it may come back while calls of its still run. */
  let own = first.name === "rtpengine" ? undefined : first;
  return {
    edge,
    media,
    get engine() {
      return { name: engine.name, why: engine.why };
    },
    async apply(next, inForce) {
      const settings = mediaSettings(next);
      const chosen = engineFor(next);
      const turns = (chosen.name === "rtpengine") !== (engine.name === "rtpengine");
      const runsOwn = engine.name !== "rtpengine" || media.isLeaving;
      if (chosen.name !== "rtpengine" && runsOwn) mustBeAlike(own, chosen);
      const turning = turns ? await media.prepare(() => open(next, chosen), settings) : undefined;
      try {
        await edge.apply(edgeSettings(next), next.policy);
      } catch (error) {
        await turning?.giveUp();
        throw error;
      }
      try {
        if (turning === undefined) media.apply(settings);
        else turning.turn();
      } catch (error) {
        await edge.apply(edgeSettings(inForce), inForce.policy);
        throw error;
      }
      if (turns) engine = chosen;
      if (turns && chosen.name !== "rtpengine" && !runsOwn) own = chosen;
      // Not before: what was ended for rules that are taken back again would not come back.
      return describeJudgement(edge.judgeStanding(), next.file.config.policy.onReload);
    },
    async stop() {
      await edge.stop();
      await media.stop();
    },
  };
}

/** Without a factory it is a farm, which has none. */
interface Chosen extends EngineInUse, Partial<Pick<EngineChoice, "factory">> {
  /** What an engine of our own is made of: it stays as it was made. */
  readonly made?: string;
}

function engineFor(loaded: Loaded): Chosen {
  const { engine, threads, pin } = loaded.file.config.media;
  if (typeof engine === "object") return { name: "rtpengine", why: "media.engine asks for it" };
  const chosen = chooseEngine({ engine, threads, pin });
  return { ...chosen, made: JSON.stringify([chosen.name, threads, pin]) };
}

/** Two engines of our own would want the same ports, so one does not follow the other while both may have calls. */
function mustBeAlike(own: Chosen | undefined, chosen: Chosen): void {
  if (own === undefined || own.made === chosen.made) return;
  const what = "media.engine, media.threads and media.pin cannot change while our own engine runs";
  throw new RingfenceError("reload-needs-restart", what, "Restart, or keep them.");
}

function edgeSettings(loaded: Loaded): EdgeSettings {
  const { file, certificates, accounts, countries, trunkPasswords, fraudSecret, authorities, revocations } = loaded;
  return {
    edition: editionOf(file.text),
    config: file.config,
    tls: certificates.tls,
    accounts,
    countryOf: countries?.countryOf,
    passwords: trunkPasswords?.passwords,
    previousPasswords: trunkPasswords?.previous,
    fraudSecret: fraudSecret?.key,
    authorities,
    revocations,
  };
}

function mediaSettings(loaded: Loaded): MediaSettings {
  const { ports, inactivityMs, learn, engine, interfaces } = loaded.file.config.media;
  const farm = typeof engine === "object" ? { instances: engine.rtpengine, interfaces } : undefined;
  return { ports, inactivityMs, learn: { windowMs: learn.windowMs, packets: learn.packets }, farm };
}

/** The last line of a call says how it was heard too. The edge writes it before it gives the media back. */
function soundOf(media: Media, { event, call, ended_by }: EdgeEvent): ReturnType<typeof qualityOf> {
  return event === "call" && call !== undefined && ended_by !== undefined ? qualityOf(media.summary(call)) : {};
}

/** The labels are read by their names, so that what is counted serves as it is. */
function countEdge(metrics: Metrics, count: EdgeCount): void {
  metrics.count(count.name === "registrations" ? "registration_changes" : count.name, count);
}
