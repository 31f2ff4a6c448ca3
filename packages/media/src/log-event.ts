/** Log lines of the media side as data; formatting and masking are the appliance's. Fields with addresses are named so. */
export type MediaLogEvent = {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly event:
    | "rtp.latched"
    | "rtp.foreign_source"
    | "rtp.unauthentic"
    | "rtp.inactive"
    | "rtp.one_way"
    | "rtp.silent"
    | "rtp.poor"
    | "media.refused"
    | "media.bind_failed"
    | "media.engine_lost"
    | "media.instance"
    | "media.instance_problem"
    | "media.transport_failed"
    | "media.bug";
  readonly call?: string;
  readonly leg?: "a" | "b";
  /** Position of the m= line, from 0. */
  readonly stream?: number;
  readonly component?: "rtp" | "rtcp";
  readonly address?: string;
  readonly port?: number;
  readonly packets?: number;
  readonly mos?: number;
  readonly reason?: string;
  /** Of an instance of rtpengine. */
  readonly state?: "unknown" | "up" | "silent" | "unfit";
};
