/** The tables of the log as queries see them; the migrations make them. */
export type AuditTables = {
  audit_records: { seq: number; hash: string; line: string };
  audit_head: { id: number; seq: number; hash: string };
  audit_indexed: { id: number; seq: number };
  audit_index: IndexRow;
  audit_terms: { term: string; seq: number };
  audit_activity: ActivityRow;
  audit_actors: ActorsRow;
  audit_hours: { hour: string; first_seq: number; last_seq: number };
  audit_reconciliations: {
    span_from: string;
    span_to: string;
    position: string;
    site_events: number;
    clicks: number;
    rows_judged: number;
    blind: string;
  };
  audit_findings: { span_from: string; span_to: string; number: number; finding: string };
  audit_checkpoints: { size: number; head: string; time: string; key_id: string; signature: string };
  audit_archives: ArchiveRow;
  audit_sinks: { name: string; seq: number; owner: string; owned_until: string };
};

/** Where records were moved out of the database; `sealed_by` is the number of the record that says so. */
export type ArchiveRow = {
  last_seq: number;
  first_seq: number;
  head: string;
  file_sha256: string;
  sealed_by: number;
};

export type IndexRow = {
  seq: number;
  time: string;
  type: string;
  outcome: string;
  code: string | null;
  person: string | null;
  real_actor: string | null;
  subject: string | null;
  action_id: string | null;
  launch_id: string | null;
  run_id: string | null;
  project_id: number | null;
  reference: string | null;
  client_address: string | null;
};

/** How many records one hour has: `all` of them, or those with this value in one respect. */
export type ActivityRow = {
  kind: ActivityKind;
  value: string;
  /** `2026-01-02T03`, UTC. */
  hour: string;
  outcome: string;
  records: number;
};

export type ActivityKind = 'all' | 'person' | 'real_actor' | 'action_id' | 'type' | 'code' | 'project_id';

/** How many records of one day name these; texts are empty where they name nobody. */
export type ActorsRow = {
  /** `2026-01-02`, UTC. */
  day: string;
  person: string;
  real_actor: string;
  action_id: string;
  records: number;
};
