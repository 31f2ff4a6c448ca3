/** The panels of the dashboard for Grafana. */
import { by, here, hourly, quantile, type Row, rate } from "./dashboard-row.ts";

export const rows: readonly Row[] = [
  {
    title: "Calls",
    panels: [
      { title: "Calls now", unit: "short", lines: { [`ringfence_calls${here}`]: "{{instance}}" } },
      {
        title: "Attempts and answers",
        unit: "ops",
        lines: {
          [by("side", "ringfence_calls_started_total")]: "begun by {{side}}",
          [by("side", "ringfence_calls_answered_total")]: "answered, of {{side}}",
        },
      },
      {
        title: "Ended, by reason",
        unit: "ops",
        lines: { [by("reason", "ringfence_calls_ended_total")]: "{{reason}}" },
      },
      { title: "Refused, by reason", unit: "ops", lines: { [by("reason", "ringfence_refused_total")]: "{{reason}}" } },
      {
        title: "Post-dial delay (median, 95 %)",
        unit: "s",
        lines: {
          [quantile(0.5, "ringfence_post_dial_delay_seconds")]: "{{side}} median",
          [quantile(0.95, "ringfence_post_dial_delay_seconds")]: "{{side}} 95 %",
        },
      },
      { title: "Alerts open", unit: "short", lines: { [`ringfence_alerts_open${here}`]: "{{kind}}" } },
    ],
  },
  {
    title: "Registrations",
    panels: [
      {
        title: "Registered, by trust",
        unit: "short",
        lines: { [`ringfence_registrations${here}`]: "all", [`ringfence_trust${here}`]: "{{level}}" },
      },
      {
        title: "Changes",
        unit: "ops",
        lines: { [by("result", "ringfence_registration_changes_total")]: "{{result}}" },
      },
      { title: "Passwords", unit: "ops", lines: { [by("result", "ringfence_authentications_total")]: "{{result}}" } },
    ],
  },
  {
    title: "Trunks and PBX",
    panels: [
      { title: "Calls of each trunk", unit: "short", lines: { [`ringfence_trunk_calls${here}`]: "{{trunk}}" } },
      {
        title: "Answer-seizure ratio, to the carrier",
        unit: "percentunit",
        lines: {
          [`${by("trunk", "ringfence_trunk_calls_ended_total", ',direction="out",answered="yes"')} / ${by("trunk", "ringfence_trunk_calls_ended_total", ',direction="out"')}`]:
            "{{trunk}}",
        },
      },
      {
        title: "Hosts that answer, registrations",
        unit: "short",
        lines: {
          'ringfence_trunk_hosts{instance=~"$instance",state="up"}': "{{trunk}} hosts up",
          'ringfence_trunk_hosts{instance=~"$instance",state="down"}': "{{trunk}} hosts down",
          [`ringfence_trunk_registered${here}`]: "{{trunk}} registered",
        },
      },
      {
        title: "PBX",
        unit: "none",
        lines: {
          [`ringfence_pbx_reachable${here}`]: "answers",
          [`ringfence_pbx_banned${here}`]: "has banned us",
          [`ringfence_pbx_node_up${here}`]: "{{node}}",
        },
      },
      {
        title: "Failovers",
        unit: "ops",
        lines: { [by("trunk, reason", "ringfence_trunk_failovers_total")]: "{{trunk}} {{reason}}" },
      },
    ],
  },
  {
    title: "Defence",
    panels: [
      {
        title: "Banned now",
        unit: "short",
        lines: { [`ringfence_banned${here}`]: "{{kind}}", [`ringfence_kernel_banned${here}`]: "in the kernel" },
      },
      { title: "Bans begun", unit: "ops", lines: { [by("reason", "ringfence_bans_total")]: "{{reason}}" } },
      {
        title: "Dropped unread",
        unit: "ops",
        lines: {
          [by("reason", "ringfence_gate_dropped_total")]: "{{reason}}",
          [by("reason", "ringfence_kernel_dropped_total")]: "kernel {{reason}}",
        },
      },
      {
        title: "Unheard and malformed",
        unit: "ops",
        lines: {
          [by("reason", "ringfence_unheard_total")]: "{{reason}}",
          [by("code", "ringfence_malformed_total")]: "{{code}}",
        },
      },
      {
        title: "Fraud",
        unit: "short",
        lines: {
          [hourly("reason", "ringfence_frauds_total")]: "{{reason}} in an hour",
          [`ringfence_suspended_accounts${here}`]: "suspended",
        },
      },
      {
        title: "In shadow, and what it would refuse",
        unit: "short",
        lines: {
          [`ringfence_in_shadow${here}`]: "{{key}}",
          [hourly("rule", "ringfence_shadowed_total")]: "{{rule}} in an hour",
        },
      },
    ],
  },
  {
    title: "Media quality",
    panels: [
      {
        title: "MOS of ended calls (median, worst 5 %)",
        unit: "none",
        lines: {
          [quantile(0.5, "ringfence_call_mos")]: "{{side}} median",
          [quantile(0.05, "ringfence_call_mos")]: "{{side}} worst 5 %",
        },
      },
      {
        title: "Jitter of ended calls (95 %)",
        unit: "s",
        lines: { [quantile(0.95, "ringfence_call_jitter_seconds")]: "{{side}}" },
      },
      {
        title: "Packets lost on their way here",
        unit: "percentunit",
        lines: {
          [`${by("side", "ringfence_media_rtp_lost_total")} / (${by("side", "ringfence_media_rtp_received_total")} + ${by("side", "ringfence_media_rtp_lost_total")})`]:
            "{{side}}",
          [quantile(0.95, "ringfence_call_loss_ratio")]: "{{side}}, ended calls 95 %",
        },
      },
      {
        title: "Calls in trouble now",
        unit: "short",
        lines: { [`ringfence_media_troubled_calls${here}`]: "{{kind}}" },
      },
      {
        title: "Packets not relayed (SRTP failures too)",
        unit: "ops",
        lines: { [by("reason", "ringfence_media_dropped_total")]: "{{reason}}" },
      },
      {
        title: "Media ports, instances",
        unit: "short",
        lines: {
          [`ringfence_media_ports${here}`]: "{{state}}",
          [`ringfence_media_instance_calls${here}`]: "{{place}}",
        },
      },
    ],
  },
  {
    title: "The machine",
    panels: [
      {
        title: "Lag",
        unit: "s",
        lines: {
          [`ringfence_signalling_lag_seconds${here}`]: "signalling",
          [`nodejs_eventloop_lag_p99_seconds${here}`]: "event loop 99 %",
        },
      },
      {
        title: "CPU",
        unit: "percentunit",
        lines: {
          [rate("process_cpu_seconds_total")]: "{{instance}}",
          [`ringfence_signalling_busy_ratio${here}`]: "signalling thread",
        },
      },
      {
        title: "Memory",
        unit: "bytes",
        lines: {
          [`process_resident_memory_bytes${here}`]: "{{instance}}",
          [`nodejs_heap_size_used_bytes${here}`]: "heap",
        },
      },
      {
        title: "Open files, connections",
        unit: "short",
        lines: {
          [`process_open_fds${here}`]: "files",
          [`ringfence_connections${here}`]: "connections",
          [`ringfence_strangers${here}`]: "of strangers",
        },
      },
      { title: "Certificates", unit: "s", lines: { [`ringfence_certificate_left_seconds${here}`]: "{{certificate}}" } },
      {
        title: "Age of secrets and of the backup",
        unit: "s",
        lines: {
          [`ringfence_secret_age_seconds${here}`]: "{{secret}}",
          [`ringfence_backup_age_seconds${here}`]: "backup",
        },
      },
      { title: "Free disk", unit: "percentunit", lines: { [`ringfence_disk_free_ratio${here}`]: "{{folder}}" } },
      {
        title: "Configuration",
        unit: "none",
        lines: {
          [`ringfence_config_generation${here}`]: "generation",
          [`ringfence_config_last_reload_success${here}`]: "last reload taken",
        },
      },
      {
        title: "Waiting and lost",
        unit: "short",
        lines: {
          [`ringfence_records_waiting${here}`]: "records waiting",
          [`increase(ringfence_records_lost_total${here}[1h])`]: "records lost in an hour",
          [hourly("output", "ringfence_log_lines_lost_total")]: "log {{output}} lost in an hour",
          [hourly("receiver, result", "ringfence_alert_deliveries_total")]: "alerts to {{receiver}} {{result}}",
        },
      },
    ],
  },
];
