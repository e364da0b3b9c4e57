-- What the migrations make of an empty database. UPDATE_GOLDEN=1 npx mocha test/db/schema.test.ts writes it anew.

-- domains
domain alias_name text CHECK ((VALUE = ANY (ARRAY['production'::text, 'staging'::text])))
domain arm_name text CHECK ((VALUE ~ '^[A-Za-z][A-Za-z0-9_-]{0,62}$'::text))
domain experiment_name text CHECK ((VALUE ~ '^[a-z][a-z0-9-]{0,62}$'::text))
domain model_name text CHECK ((VALUE ~ '^[a-z][a-z0-9-]{0,62}$'::text))
domain role_name text CHECK ((VALUE = ANY (ARRAY['viewer'::text, 'predictor'::text, 'operator'::text, 'admin'::text])))
domain sha256_digest text CHECK ((VALUE ~ '^[0-9a-f]{64}$'::text))
domain user_name text CHECK ((VALUE ~ '^[a-z0-9][a-z0-9._@+-]{0,126}$'::text))

-- columns
access_revision.id boolean not null default true
access_revision.revision bigint not null
alias_event.id integer not null generated always as identity
alias_event.model model_name not null
alias_event.alias alias_name not null
alias_event.revision integer not null
alias_event.from_version integer
alias_event.to_version integer not null
alias_event.actor text not null
alias_event.reason text not null
alias_event.operation_id text not null
alias_event.at timestamp(3) with time zone not null
alias_event.previous_revision integer generated always as ((NULLIF(revision, 1) - 1)) stored
api_key.id text not null
api_key.key_hash sha256_digest not null
api_key.user_id uuid not null
api_key.name text not null
api_key.role role_name not null
api_key.models text[] not null default '{}'::text[]
api_key.creator text not null
api_key.created_at timestamp(3) with time zone not null default now()
api_key.expires_at timestamp(3) with time zone
api_key.revoked_at timestamp(3) with time zone
api_key.last_used_at timestamp(3) with time zone
api_key.made_by text
archived_version.model model_name not null
archived_version.version integer not null
archived_version.actor text not null
archived_version.reason text not null
archived_version.at timestamp(3) with time zone not null
audit_event.id bigint not null generated always as identity
audit_event.at timestamp(3) with time zone not null default clock_timestamp()
audit_event.actor text not null
audit_event.role role_name
audit_event.peer text not null
audit_event.method text not null
audit_event.target text not null
audit_event.request json not null
audit_outcome.event_id bigint not null
audit_outcome.at timestamp(3) with time zone not null default clock_timestamp()
audit_outcome.code text not null
audit_outcome.message text not null
audit_outcome.before json
audit_outcome.after json
customer.model model_name not null
customer.unit_key text not null
customer.submission_count integer not null
customer.submitted_at timestamp(3) with time zone not null
customer.prediction_id uuid not null
dataset_version.id integer not null generated always as identity
dataset_version.model model_name not null
dataset_version.version integer not null
dataset_version.digest sha256_digest not null
dataset_version.schema_digest sha256_digest not null
dataset_version.table_digest sha256_digest not null
dataset_version.source_artifact sha256_digest not null
dataset_version.source text not null
dataset_version.source_rows integer not null
dataset_version.rows integer not null
dataset_version.quarantined integer not null
dataset_version.quarantine_file text
dataset_version.schema json not null
dataset_version.profile json not null
dataset_version.violations json not null
dataset_version.created_at timestamp(3) with time zone not null default now()
drift_baseline.model model_name not null
drift_baseline.version integer not null
drift_baseline.revision integer not null
drift_baseline.dataset_version_id integer not null
drift_baseline.actor text not null
drift_baseline.reason text not null
drift_baseline.at timestamp(3) with time zone not null
experiment.model model_name not null
experiment.name experiment_name not null
experiment.salt text not null
experiment.status text not null
experiment.revision integer not null
experiment.started_at timestamp(3) with time zone not null
experiment.ended_at timestamp(3) with time zone
experiment_arm.model model_name not null
experiment_arm.experiment experiment_name not null
experiment_arm.place smallint not null
experiment_arm.name arm_name not null
experiment_arm.version integer
experiment_arm.alias alias_name
experiment_arm.shadow boolean not null
experiment_event.model model_name not null
experiment_event.experiment experiment_name not null
experiment_event.revision integer not null
experiment_event.kind text not null
experiment_event.allocation json not null
experiment_event.actor text not null
experiment_event.reason text not null
experiment_event.at timestamp(3) with time zone not null
exposure.model model_name not null
exposure.experiment experiment_name not null
exposure.unit_key text not null
exposure.arm arm_name not null
exposure.version integer not null
exposure.prediction_id uuid not null
exposure.at timestamp(3) with time zone not null
idempotency_key.caller text not null
idempotency_key.key text not null
idempotency_key.method text not null
idempotency_key.request_digest sha256_digest not null
idempotency_key.first_at timestamp(3) with time zone not null
idempotency_key.claim uuid not null
idempotency_key.claimed_until timestamp(3) with time zone not null
idempotency_key.response bytea
inference_key_use.key_id text not null
inference_key_use.used_at timestamp(3) with time zone not null
inference_model.process_id text not null
inference_model.model model_name not null
inference_model.version integer not null
inference_model.digest sha256_digest not null
inference_model.state text not null
inference_model.error text
inference_model.loaded_at timestamp(3) with time zone not null default now()
inference_process.process_id text not null
inference_process.reported_at timestamp(3) with time zone not null default now()
login_peer.user_id uuid not null
login_peer.peer sha256_digest not null
login_peer.seen_at timestamp(3) with time zone not null
login_throttle.subject sha256_digest not null
login_throttle.failures integer not null
login_throttle.failed_at timestamp(3) with time zone not null
login_throttle.blocked_until timestamp(3) with time zone not null
migration.id integer not null default nextval('migration_id_seq'::regclass)
migration.name character varying(255) not null
migration.executed_at timestamp(6) with time zone not null default CURRENT_TIMESTAMP(6)
model_alias.model model_name not null
model_alias.alias alias_name not null
model_alias.version integer not null
model_alias.revision integer not null
model_alias.changed_at timestamp(3) with time zone not null
model_report.model model_name not null
model_report.version integer not null
model_report.format integer not null
model_report.json_digest sha256_digest not null
model_report.html_digest sha256_digest not null
model_report.created_at timestamp(3) with time zone not null default now()
model_version.id integer not null generated always as identity
model_version.model model_name not null
model_version.version integer not null
model_version.run_id text not null
model_version.trainer text not null
model_version.digest sha256_digest not null
model_version.dataset_version_id integer not null
model_version.definition_digest sha256_digest not null
model_version.threshold double precision not null
model_version.metrics json not null
model_version.cross_validation json not null
model_version.signature json not null
model_version.parameters json not null
model_version.seconds double precision not null
model_version.created_at timestamp(3) with time zone not null default now()
outcome.id bigint not null generated always as identity
outcome.model model_name not null
outcome.unit_key text
outcome.prediction_id uuid
outcome.instance integer
outcome.revision integer not null
outcome.outcome text not null
outcome.positive boolean not null
outcome.observed_at timestamp(3) with time zone not null
outcome.recorded_at timestamp(3) with time zone not null
outcome.actor text not null
prediction.id uuid not null
prediction.instance integer not null
prediction.at timestamp(3) with time zone not null
prediction.model model_name not null
prediction.version integer not null
prediction.unit_key text
prediction.kind text not null
prediction.experiment experiment_name
prediction.arm arm_name
prediction.probability double precision not null
prediction.label text not null
prediction.threshold double precision not null
production_row.prediction_id uuid not null
production_row.at timestamp(3) with time zone not null
production_row.model model_name not null
production_row.version integer not null
production_row.unit_key text not null
production_row.experiment experiment_name
production_row.arm arm_name
production_row.features json not null
production_row.probability double precision not null
production_row.label text not null
production_row.threshold double precision not null
training_run.id text not null
training_run.workflow_id text not null
training_run.model model_name not null
training_run.kind text not null
training_run.trigger text not null
training_run.status text not null default 'running'::text
training_run.stage text not null default ''::text
training_run.error text
training_run.input json not null
training_run.definition json not null
training_run.definition_digest sha256_digest not null
training_run.seed bigint not null
training_run.dataset_version_id integer
training_run.result json
training_run.started_at timestamp(3) with time zone not null default now()
training_run.finished_at timestamp(3) with time zone
training_run.error_code text
unloaded_model.model model_name not null
unloaded_model.at timestamp(3) with time zone not null default now()
user_account.id uuid not null default gen_random_uuid()
user_account.name user_name not null
user_account.role role_name not null
user_account.password_hash text not null
user_account.must_change_password boolean not null
user_account.disabled boolean not null default false
user_account.created_at timestamp(3) with time zone not null default now()
user_account.last_login_at timestamp(3) with time zone
user_session.token_hash sha256_digest not null
user_session.user_id uuid not null
user_session.created_at timestamp(3) with time zone not null default now()
user_session.expires_at timestamp(3) with time zone not null

-- constraints
access_revision.access_revision_id_check CHECK (id)
access_revision.access_revision_pkey PRIMARY KEY (id)
alias_event.alias_event_actor_check CHECK ((actor <> ''::text))
alias_event.alias_event_first_comes_from_nowhere CHECK (((revision = 1) = (from_version IS NULL)))
alias_event.alias_event_follows_the_one_before FOREIGN KEY (model, alias, previous_revision, from_version) REFERENCES alias_event(model, alias, revision, to_version)
alias_event.alias_event_model_alias_revision_key UNIQUE (model, alias, revision)
alias_event.alias_event_model_alias_revision_to_version_key UNIQUE (model, alias, revision, to_version)
alias_event.alias_event_model_from_version_fkey FOREIGN KEY (model, from_version) REFERENCES model_version(model, version)
alias_event.alias_event_model_to_version_fkey FOREIGN KEY (model, to_version) REFERENCES model_version(model, version)
alias_event.alias_event_moves CHECK ((from_version <> to_version))
alias_event.alias_event_operation_id_check CHECK ((operation_id <> ''::text))
alias_event.alias_event_operation_id_key UNIQUE (operation_id)
alias_event.alias_event_pkey PRIMARY KEY (id)
alias_event.alias_event_revision_check CHECK ((revision >= 1))
api_key.api_key_check CHECK (((made_by ~ '^[a-z0-9]{10}$'::text) AND (made_by <> id)))
api_key.api_key_creator_check CHECK ((creator <> ''::text))
api_key.api_key_id_check CHECK ((id ~ '^[a-z0-9]{10}$'::text))
api_key.api_key_key_hash_key UNIQUE (key_hash)
api_key.api_key_lasts CHECK ((expires_at > created_at))
api_key.api_key_name_check CHECK ((name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'::text))
api_key.api_key_pkey PRIMARY KEY (id)
api_key.api_key_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account(id) ON DELETE CASCADE
archived_version.archived_version_actor_check CHECK ((actor <> ''::text))
archived_version.archived_version_model_version_fkey FOREIGN KEY (model, version) REFERENCES model_version(model, version)
archived_version.archived_version_pkey PRIMARY KEY (model, version)
audit_event.audit_event_actor_check CHECK ((actor <> ''::text))
audit_event.audit_event_method_check CHECK ((method <> ''::text))
audit_event.audit_event_pkey PRIMARY KEY (id)
audit_event.audit_event_request_check CHECK ((json_typeof(request) = 'object'::text))
audit_outcome.audit_outcome_after_check CHECK ((json_typeof(after) = 'object'::text))
audit_outcome.audit_outcome_before_check CHECK ((json_typeof(before) = 'object'::text))
audit_outcome.audit_outcome_code_check CHECK ((code <> ''::text))
audit_outcome.audit_outcome_event_id_fkey FOREIGN KEY (event_id) REFERENCES audit_event(id)
audit_outcome.audit_outcome_pkey PRIMARY KEY (event_id)
customer.customer_pkey PRIMARY KEY (model, unit_key)
customer.customer_prediction_id_fkey FOREIGN KEY (prediction_id) REFERENCES production_row(prediction_id)
customer.customer_submission_count_check CHECK ((submission_count >= 1))
customer.customer_unit_key_check CHECK ((unit_key <> ''::text))
dataset_version.dataset_version_model_digest_schema_digest_key UNIQUE (model, digest, schema_digest)
dataset_version.dataset_version_model_id_key UNIQUE (model, id)
dataset_version.dataset_version_model_version_key UNIQUE (model, version)
dataset_version.dataset_version_pkey PRIMARY KEY (id)
dataset_version.dataset_version_profile_check CHECK ((json_typeof(profile) = 'object'::text))
dataset_version.dataset_version_quarantine_is_kept CHECK (((quarantined = 0) = (quarantine_file IS NULL)))
dataset_version.dataset_version_quarantined_check CHECK ((quarantined >= 0))
dataset_version.dataset_version_rows_check CHECK ((rows >= 0))
dataset_version.dataset_version_rows_reconcile CHECK (((rows + quarantined) = source_rows))
dataset_version.dataset_version_schema_check CHECK ((json_typeof(schema) = 'object'::text))
dataset_version.dataset_version_source_check CHECK ((source <> ''::text))
dataset_version.dataset_version_source_rows_check CHECK ((source_rows >= 0))
dataset_version.dataset_version_version_check CHECK ((version >= 1))
dataset_version.dataset_version_violations_check CHECK ((json_typeof(violations) = 'array'::text))
drift_baseline.drift_baseline_actor_check CHECK ((actor <> ''::text))
drift_baseline.drift_baseline_model_dataset_version_id_fkey FOREIGN KEY (model, dataset_version_id) REFERENCES dataset_version(model, id)
drift_baseline.drift_baseline_model_version_fkey FOREIGN KEY (model, version) REFERENCES model_version(model, version)
drift_baseline.drift_baseline_pkey PRIMARY KEY (model, version, revision)
drift_baseline.drift_baseline_revision_check CHECK ((revision >= 1))
experiment.experiment_end_follows_start CHECK ((ended_at >= started_at))
experiment.experiment_end_is_dated CHECK (((status = 'running'::text) = (ended_at IS NULL)))
experiment.experiment_has_its_event FOREIGN KEY (model, name, revision) REFERENCES experiment_event(model, experiment, revision) DEFERRABLE INITIALLY DEFERRED
experiment.experiment_name_check1 CHECK (((name)::text !~ '^ab-default'::text))
experiment.experiment_pkey PRIMARY KEY (model, name)
experiment.experiment_revision_check CHECK ((revision >= 1))
experiment.experiment_salt_check CHECK ((salt ~ '^[A-Za-z0-9._:/-]{1,200}$'::text))
experiment.experiment_status_check CHECK ((status = ANY (ARRAY['running'::text, 'stopped'::text])))
experiment_arm.experiment_arm_is_one_version CHECK (((version IS NULL) <> (alias IS NULL)))
experiment_arm.experiment_arm_model_experiment_fkey FOREIGN KEY (model, experiment) REFERENCES experiment(model, name) DEFERRABLE INITIALLY DEFERRED
experiment_arm.experiment_arm_model_experiment_name_key UNIQUE (model, experiment, name)
experiment_arm.experiment_arm_model_version_fkey FOREIGN KEY (model, version) REFERENCES model_version(model, version)
experiment_arm.experiment_arm_pkey PRIMARY KEY (model, experiment, place)
experiment_arm.experiment_arm_place_check CHECK ((place >= 0))
experiment_event.experiment_event_actor_check CHECK ((actor <> ''::text))
experiment_event.experiment_event_allocation_check CHECK ((json_typeof(allocation) = 'array'::text))
experiment_event.experiment_event_first_starts CHECK (((revision = 1) = (kind = 'start'::text)))
experiment_event.experiment_event_kind_check CHECK ((kind = ANY (ARRAY['start'::text, 'adjust'::text, 'stop'::text])))
experiment_event.experiment_event_model_experiment_fkey FOREIGN KEY (model, experiment) REFERENCES experiment(model, name) DEFERRABLE INITIALLY DEFERRED
experiment_event.experiment_event_pkey PRIMARY KEY (model, experiment, revision)
experiment_event.experiment_event_revision_check CHECK ((revision >= 1))
exposure.exposure_model_version_fkey FOREIGN KEY (model, version) REFERENCES model_version(model, version)
exposure.exposure_pkey PRIMARY KEY (model, experiment, unit_key)
exposure.exposure_unit_key_check CHECK ((unit_key <> ''::text))
idempotency_key.idempotency_key_key_check CHECK ((key <> ''::text))
idempotency_key.idempotency_key_method_check CHECK ((method <> ''::text))
idempotency_key.idempotency_key_pkey PRIMARY KEY (caller, key)
inference_key_use.inference_key_use_key_id_fkey FOREIGN KEY (key_id) REFERENCES api_key(id) ON DELETE CASCADE
inference_key_use.inference_key_use_pkey PRIMARY KEY (key_id)
inference_model.inference_model_failure_is_explained CHECK (((state = 'failed'::text) = (error IS NOT NULL)))
inference_model.inference_model_model_version_fkey FOREIGN KEY (model, version) REFERENCES model_version(model, version)
inference_model.inference_model_pkey PRIMARY KEY (process_id, model)
inference_model.inference_model_process_id_fkey FOREIGN KEY (process_id) REFERENCES inference_process(process_id) ON DELETE CASCADE
inference_model.inference_model_state_check CHECK ((state = ANY (ARRAY['ready'::text, 'failed'::text])))
inference_process.inference_process_pkey PRIMARY KEY (process_id)
inference_process.inference_process_process_id_check CHECK ((process_id <> ''::text))
login_peer.login_peer_pkey PRIMARY KEY (user_id, peer)
login_peer.login_peer_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account(id) ON DELETE CASCADE
login_throttle.login_throttle_failures_check CHECK ((failures >= 0))
login_throttle.login_throttle_pkey PRIMARY KEY (subject)
migration.migration_pkey PRIMARY KEY (id)
model_alias.model_alias_has_its_event FOREIGN KEY (model, alias, revision, version) REFERENCES alias_event(model, alias, revision, to_version) DEFERRABLE INITIALLY DEFERRED
model_alias.model_alias_model_version_fkey FOREIGN KEY (model, version) REFERENCES model_version(model, version)
model_alias.model_alias_pkey PRIMARY KEY (model, alias)
model_alias.model_alias_revision_check CHECK ((revision >= 1))
model_report.model_report_format_check CHECK ((format >= 1))
model_report.model_report_model_version_fkey FOREIGN KEY (model, version) REFERENCES model_version(model, version)
model_report.model_report_pkey PRIMARY KEY (model, version)
model_version.model_version_cross_validation_check CHECK ((json_typeof(cross_validation) = 'object'::text))
model_version.model_version_metrics_check CHECK ((json_typeof(metrics) = 'object'::text))
model_version.model_version_model_dataset_version_id_fkey FOREIGN KEY (model, dataset_version_id) REFERENCES dataset_version(model, id)
model_version.model_version_model_run_id_fkey FOREIGN KEY (model, run_id) REFERENCES training_run(model, id)
model_version.model_version_model_version_key UNIQUE (model, version)
model_version.model_version_parameters_check CHECK ((json_typeof(parameters) = 'object'::text))
model_version.model_version_pkey PRIMARY KEY (id)
model_version.model_version_run_id_trainer_key UNIQUE (run_id, trainer)
model_version.model_version_seconds_check CHECK (((seconds >= (0)::double precision) AND (seconds < 'Infinity'::double precision)))
model_version.model_version_signature_check CHECK ((json_typeof(signature) = 'object'::text))
model_version.model_version_threshold_check CHECK (((threshold >= (0)::double precision) AND (threshold <= (1)::double precision)))
model_version.model_version_trainer_check CHECK ((trainer <> ''::text))
model_version.model_version_version_check CHECK ((version >= 1))
outcome.outcome_actor_check CHECK ((actor <> ''::text))
outcome.outcome_instance_check CHECK ((instance >= 0))
outcome.outcome_is_of_a_unit_or_a_prediction CHECK (((unit_key IS NULL) <> (prediction_id IS NULL)))
outcome.outcome_of_a_prediction_has_its_instance CHECK (((prediction_id IS NULL) = (instance IS NULL)))
outcome.outcome_outcome_check CHECK ((outcome <> ''::text))
outcome.outcome_pkey PRIMARY KEY (id)
outcome.outcome_revision_check CHECK ((revision >= 1))
outcome.outcome_unit_key_check CHECK ((unit_key <> ''::text))
prediction.prediction_arm_is_of_an_experiment CHECK (((experiment IS NULL) = (arm IS NULL)))
prediction.prediction_instance_check CHECK ((instance >= 0))
prediction.prediction_kind_check CHECK ((kind = ANY (ARRAY['answer'::text, 'fallback'::text, 'override'::text, 'shadow'::text])))
prediction.prediction_only_answers_without_experiment CHECK (((experiment IS NOT NULL) OR (kind = 'answer'::text)))
prediction.prediction_pkey PRIMARY KEY (id, instance, kind, at)
prediction.prediction_probability_check CHECK (((probability >= (0)::double precision) AND (probability <= (1)::double precision)))
prediction.prediction_threshold_check CHECK (((threshold >= (0)::double precision) AND (threshold <= (1)::double precision)))
prediction.prediction_unit_key_check CHECK ((unit_key <> ''::text))
prediction.prediction_unit_of_an_experiment CHECK (((experiment IS NULL) OR (unit_key IS NOT NULL) OR (kind = 'override'::text)))
prediction.prediction_version_check CHECK ((version >= 1))
production_row.production_row_arm_is_of_an_experiment CHECK (((experiment IS NULL) = (arm IS NULL)))
production_row.production_row_features_check CHECK ((json_typeof(features) = 'object'::text))
production_row.production_row_model_version_fkey FOREIGN KEY (model, version) REFERENCES model_version(model, version)
production_row.production_row_pkey PRIMARY KEY (prediction_id)
production_row.production_row_probability_check CHECK (((probability >= (0)::double precision) AND (probability <= (1)::double precision)))
production_row.production_row_threshold_check CHECK (((threshold >= (0)::double precision) AND (threshold <= (1)::double precision)))
production_row.production_row_unit_key_check CHECK ((unit_key <> ''::text))
training_run.training_run_definition_check CHECK ((json_typeof(definition) = 'object'::text))
training_run.training_run_end_follows_start CHECK ((finished_at >= started_at))
training_run.training_run_end_is_dated CHECK (((status = 'running'::text) = (finished_at IS NULL)))
training_run.training_run_failure_is_explained CHECK (((status <> 'failed'::text) OR ((error <> ''::text) AND (error IS NOT NULL))))
training_run.training_run_id_check CHECK ((id <> ''::text))
training_run.training_run_input_check CHECK ((json_typeof(input) = 'object'::text))
training_run.training_run_kind_check CHECK ((kind = ANY (ARRAY['trainModel'::text, 'importModel'::text, 'ingestDataset'::text])))
training_run.training_run_model_dataset_version_id_fkey FOREIGN KEY (model, dataset_version_id) REFERENCES dataset_version(model, id)
training_run.training_run_model_id_key UNIQUE (model, id)
training_run.training_run_pkey PRIMARY KEY (id)
training_run.training_run_result_check CHECK ((json_typeof(result) = 'object'::text))
training_run.training_run_seed_check CHECK (((seed >= 0) AND (seed <= '4294967295'::bigint)))
training_run.training_run_status_check CHECK ((status = ANY (ARRAY['running'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text])))
training_run.training_run_success_has_result CHECK (((status = 'succeeded'::text) = (result IS NOT NULL)))
training_run.training_run_trigger_check CHECK ((trigger <> ''::text))
training_run.training_run_workflow_id_check CHECK ((workflow_id <> ''::text))
unloaded_model.unloaded_model_pkey PRIMARY KEY (model)
user_account.user_account_name_key UNIQUE (name)
user_account.user_account_password_hash_check CHECK ((password_hash ~~ '$argon2id$%'::text))
user_account.user_account_pkey PRIMARY KEY (id)
user_session.user_session_lasts CHECK ((expires_at > created_at))
user_session.user_session_pkey PRIMARY KEY (token_hash)
user_session.user_session_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account(id) ON DELETE CASCADE

-- indexes
CREATE UNIQUE INDEX access_revision_pkey ON public.access_revision USING btree (id)
CREATE UNIQUE INDEX alias_event_model_alias_revision_key ON public.alias_event USING btree (model, alias, revision)
CREATE UNIQUE INDEX alias_event_model_alias_revision_to_version_key ON public.alias_event USING btree (model, alias, revision, to_version)
CREATE UNIQUE INDEX alias_event_operation_id_key ON public.alias_event USING btree (operation_id)
CREATE UNIQUE INDEX alias_event_pkey ON public.alias_event USING btree (id)
CREATE UNIQUE INDEX api_key_key_hash_key ON public.api_key USING btree (key_hash)
CREATE INDEX api_key_made_by ON public.api_key USING btree (made_by) WHERE (made_by IS NOT NULL)
CREATE INDEX api_key_newest ON public.api_key USING btree (created_at DESC, id)
CREATE INDEX api_key_of_user ON public.api_key USING btree (user_id)
CREATE UNIQUE INDEX api_key_pkey ON public.api_key USING btree (id)
CREATE UNIQUE INDEX archived_version_pkey ON public.archived_version USING btree (model, version)
CREATE INDEX audit_event_of_actor ON public.audit_event USING btree (actor, id)
CREATE INDEX audit_event_of_method ON public.audit_event USING btree (method, id)
CREATE INDEX audit_event_of_target ON public.audit_event USING btree (target COLLATE "C", id)
CREATE UNIQUE INDEX audit_event_pkey ON public.audit_event USING btree (id)
CREATE UNIQUE INDEX audit_outcome_pkey ON public.audit_outcome USING btree (event_id)
CREATE INDEX customer_newest ON public.customer USING btree (submitted_at DESC, model DESC, unit_key DESC)
CREATE INDEX customer_of_model_newest ON public.customer USING btree (model, submitted_at DESC, unit_key DESC)
CREATE UNIQUE INDEX customer_pkey ON public.customer USING btree (model, unit_key)
CREATE UNIQUE INDEX dataset_version_model_digest_schema_digest_key ON public.dataset_version USING btree (model, digest, schema_digest)
CREATE UNIQUE INDEX dataset_version_model_id_key ON public.dataset_version USING btree (model, id)
CREATE UNIQUE INDEX dataset_version_model_version_key ON public.dataset_version USING btree (model, version)
CREATE UNIQUE INDEX dataset_version_pkey ON public.dataset_version USING btree (id)
CREATE UNIQUE INDEX drift_baseline_pkey ON public.drift_baseline USING btree (model, version, revision)
CREATE UNIQUE INDEX experiment_arm_model_experiment_name_key ON public.experiment_arm USING btree (model, experiment, name)
CREATE UNIQUE INDEX experiment_arm_one_shadow ON public.experiment_arm USING btree (model, experiment) WHERE shadow
CREATE UNIQUE INDEX experiment_arm_pkey ON public.experiment_arm USING btree (model, experiment, place)
CREATE UNIQUE INDEX experiment_event_pkey ON public.experiment_event USING btree (model, experiment, revision)
CREATE INDEX experiment_newest ON public.experiment USING btree (started_at DESC, model, name)
CREATE UNIQUE INDEX experiment_one_runs ON public.experiment USING btree (model) WHERE (status = 'running'::text)
CREATE UNIQUE INDEX experiment_pkey ON public.experiment USING btree (model, name)
CREATE INDEX exposure_oldest ON public.exposure USING btree (at)
CREATE UNIQUE INDEX exposure_pkey ON public.exposure USING btree (model, experiment, unit_key)
CREATE INDEX idempotency_key_oldest ON public.idempotency_key USING btree (first_at)
CREATE UNIQUE INDEX idempotency_key_pkey ON public.idempotency_key USING btree (caller, key)
CREATE UNIQUE INDEX inference_key_use_pkey ON public.inference_key_use USING btree (key_id)
CREATE UNIQUE INDEX inference_model_pkey ON public.inference_model USING btree (process_id, model)
CREATE UNIQUE INDEX inference_process_pkey ON public.inference_process USING btree (process_id)
CREATE UNIQUE INDEX login_peer_pkey ON public.login_peer USING btree (user_id, peer)
CREATE INDEX login_throttle_oldest ON public.login_throttle USING btree (failed_at)
CREATE UNIQUE INDEX login_throttle_pkey ON public.login_throttle USING btree (subject)
CREATE UNIQUE INDEX migration_pkey ON public.migration USING btree (id)
CREATE UNIQUE INDEX model_alias_pkey ON public.model_alias USING btree (model, alias)
CREATE UNIQUE INDEX model_report_pkey ON public.model_report USING btree (model, version)
CREATE UNIQUE INDEX model_version_model_version_key ON public.model_version USING btree (model, version)
CREATE UNIQUE INDEX model_version_pkey ON public.model_version USING btree (id)
CREATE UNIQUE INDEX model_version_run_id_trainer_key ON public.model_version USING btree (run_id, trainer)
CREATE UNIQUE INDEX outcome_of_prediction ON public.outcome USING btree (prediction_id, instance, model, revision) WHERE (prediction_id IS NOT NULL)
CREATE UNIQUE INDEX outcome_of_unit ON public.outcome USING btree (model, unit_key, revision) WHERE (unit_key IS NOT NULL)
CREATE UNIQUE INDEX outcome_pkey ON public.outcome USING btree (id)
CREATE INDEX prediction_of_unit ON ONLY public.prediction USING btree (model, unit_key, at) WHERE (unit_key IS NOT NULL)
CREATE UNIQUE INDEX prediction_pkey ON ONLY public.prediction USING btree (id, instance, kind, at)
CREATE INDEX production_row_of_unit ON public.production_row USING btree (model, unit_key, at)
CREATE UNIQUE INDEX production_row_pkey ON public.production_row USING btree (prediction_id)
CREATE UNIQUE INDEX training_run_model_id_key ON public.training_run USING btree (model, id)
CREATE INDEX training_run_newest ON public.training_run USING btree (started_at DESC, id)
CREATE INDEX training_run_newest_of_model ON public.training_run USING btree (model, started_at DESC, id)
CREATE INDEX training_run_newest_of_workflow ON public.training_run USING btree (workflow_id, started_at DESC)
CREATE UNIQUE INDEX training_run_pkey ON public.training_run USING btree (id)
CREATE UNIQUE INDEX unloaded_model_pkey ON public.unloaded_model USING btree (model)
CREATE UNIQUE INDEX user_account_name_key ON public.user_account USING btree (name)
CREATE UNIQUE INDEX user_account_pkey ON public.user_account USING btree (id)
CREATE INDEX user_session_of_user ON public.user_session USING btree (user_id)
CREATE UNIQUE INDEX user_session_pkey ON public.user_session USING btree (token_hash)

-- triggers
CREATE TRIGGER alias_event_immutable BEFORE DELETE OR UPDATE ON public.alias_event FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE CONSTRAINT TRIGGER alias_event_is_applied AFTER INSERT ON public.alias_event DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION alias_event_is_applied()
CREATE TRIGGER alias_event_not_truncated BEFORE TRUNCATE ON public.alias_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER api_key_changes_access AFTER INSERT OR DELETE OR UPDATE OF revoked_at ON public.api_key FOR EACH STATEMENT EXECUTE FUNCTION access_changes()
CREATE TRIGGER api_key_only_ends BEFORE UPDATE ON public.api_key FOR EACH ROW EXECUTE FUNCTION api_key_only_ends()
CREATE TRIGGER archived_version_is_free BEFORE INSERT OR UPDATE ON public.archived_version FOR EACH ROW EXECUTE FUNCTION archived_version_is_free()
CREATE TRIGGER audit_event_immutable BEFORE DELETE OR UPDATE ON public.audit_event FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER audit_event_not_truncated BEFORE TRUNCATE ON public.audit_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER audit_outcome_immutable BEFORE DELETE OR UPDATE ON public.audit_outcome FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER audit_outcome_not_truncated BEFORE TRUNCATE ON public.audit_outcome FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER dataset_version_immutable BEFORE DELETE OR UPDATE ON public.dataset_version FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER dataset_version_not_truncated BEFORE TRUNCATE ON public.dataset_version FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER drift_baseline_immutable BEFORE DELETE OR UPDATE ON public.drift_baseline FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER drift_baseline_not_truncated BEFORE TRUNCATE ON public.drift_baseline FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER experiment_moves_forward BEFORE UPDATE ON public.experiment FOR EACH ROW EXECUTE FUNCTION experiment_moves_forward()
CREATE TRIGGER experiment_not_removed BEFORE DELETE ON public.experiment FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER experiment_not_truncated BEFORE TRUNCATE ON public.experiment FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER experiment_notifies AFTER INSERT OR UPDATE ON public.experiment FOR EACH ROW EXECUTE FUNCTION notify_experiment()
CREATE TRIGGER experiment_arm_immutable BEFORE DELETE OR UPDATE ON public.experiment_arm FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER experiment_arm_not_truncated BEFORE TRUNCATE ON public.experiment_arm FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER experiment_event_immutable BEFORE DELETE OR UPDATE ON public.experiment_event FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE CONSTRAINT TRIGGER experiment_event_is_whole AFTER INSERT ON public.experiment_event DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION experiment_event_is_whole()
CREATE TRIGGER experiment_event_not_truncated BEFORE TRUNCATE ON public.experiment_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER model_alias_moves_forward BEFORE UPDATE ON public.model_alias FOR EACH ROW EXECUTE FUNCTION model_alias_moves_forward()
CREATE TRIGGER model_alias_not_removed BEFORE DELETE ON public.model_alias FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER model_alias_not_truncated BEFORE TRUNCATE ON public.model_alias FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER model_alias_notifies AFTER INSERT OR UPDATE ON public.model_alias FOR EACH ROW EXECUTE FUNCTION notify_alias()
CREATE TRIGGER model_alias_stands_on_no_archived BEFORE INSERT OR UPDATE ON public.model_alias FOR EACH ROW EXECUTE FUNCTION model_alias_stands_on_no_archived()
CREATE TRIGGER model_alias_takes_back AFTER INSERT OR UPDATE OF version ON public.model_alias FOR EACH ROW WHEN (((new.alias)::text = 'production'::text)) EXECUTE FUNCTION take_back_unloaded_model()
CREATE TRIGGER model_version_immutable BEFORE DELETE OR UPDATE ON public.model_version FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER model_version_not_truncated BEFORE TRUNCATE ON public.model_version FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER outcome_immutable BEFORE DELETE OR UPDATE ON public.outcome FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER outcome_not_truncated BEFORE TRUNCATE ON public.outcome FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER training_run_ends_once BEFORE UPDATE ON public.training_run FOR EACH ROW WHEN ((old.status <> 'running'::text)) EXECUTE FUNCTION training_run_ends_once()
CREATE TRIGGER unloaded_model_notifies AFTER INSERT OR DELETE ON public.unloaded_model FOR EACH ROW EXECUTE FUNCTION notify_unloaded_model()
CREATE TRIGGER user_account_changes_access AFTER INSERT OR DELETE OR UPDATE OF name, role, disabled, must_change_password ON public.user_account FOR EACH STATEMENT EXECUTE FUNCTION access_changes()
CREATE TRIGGER user_session_changes_access AFTER INSERT OR DELETE ON public.user_session FOR EACH STATEMENT EXECUTE FUNCTION access_changes()

-- functions
CREATE OR REPLACE FUNCTION public.access_changes()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update access_revision set revision = revision + 1;
  perform pg_notify('holdfast_access', '');
  return null;
end
$function$
CREATE OR REPLACE FUNCTION public.alias_event_is_applied()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if not exists (select from model_alias a where a.model = new.model and a.alias = new.alias and a.revision >= new.revision) then
    raise exception 'event % of alias % of % did not move the alias', new.revision, new.alias, new.model
      using errcode = 'restrict_violation';
  end if;
  if exists (select from alias_event e where e.model = new.model and e.alias = new.alias
             and e.revision = new.previous_revision and e.at >= new.at) then
    raise exception 'event % of alias % of % is not later than the one before', new.revision, new.alias, new.model
      using errcode = 'restrict_violation';
  end if;
  return null;
end
$function$
CREATE OR REPLACE FUNCTION public.api_key_only_ends()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at then
    raise exception 'key % was revoked: it never works again', old.id using errcode = 'restrict_violation';
  end if;
  if (new.id, new.key_hash, new.user_id, new.name, new.role, new.models, new.creator, new.made_by, new.created_at, new.expires_at)
    is distinct from (old.id, old.key_hash, old.user_id, old.name, old.role, old.models, old.creator, old.made_by, old.created_at, old.expires_at) then
    raise exception 'key % never changes, it only ends', old.id using errcode = 'restrict_violation';
  end if;
  return new;
end
$function$
CREATE OR REPLACE FUNCTION public.archived_version_is_free()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from model_alias a where a.model = new.model and a.version = new.version) then
    raise exception 'version % of % holds an alias and cannot be archived', new.version, new.model using errcode = 'restrict_violation';
  end if;
  if exists (select from experiment_arm a join experiment x on x.model = a.model and x.name = a.experiment
             where a.model = new.model and a.version = new.version and x.status = 'running') then
    raise exception 'version % of % is compared by an experiment and cannot be archived', new.version, new.model
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$function$
CREATE OR REPLACE FUNCTION public.experiment_event_is_whole()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  next_bucket integer := 0;
  bucket_range record;
begin
  for bucket_range in
    select r.arm, r.from_bucket, r.to_bucket, a.shadow
    from json_array_elements(new.allocation) with ordinality as e (value, place),
      lateral (select value ->> 'arm' as arm, (value ->> 'from')::integer as from_bucket, (value ->> 'to')::integer as to_bucket) r
      left join experiment_arm a on a.model = new.model and a.experiment = new.experiment and a.name = r.arm
    order by e.place
  loop
    if bucket_range.shadow is distinct from false or bucket_range.from_bucket is distinct from next_bucket
       or bucket_range.to_bucket is null or bucket_range.to_bucket <= next_bucket then
      raise exception 'the allocation of experiment % of % does not give each of the 10000 buckets to one of its answering arms',
        new.experiment, new.model using errcode = 'check_violation';
    end if;
    next_bucket := bucket_range.to_bucket;
  end loop;
  if next_bucket <> 10000 then
    raise exception 'the allocation of experiment % of % does not give each of the 10000 buckets to one of its answering arms',
      new.experiment, new.model using errcode = 'check_violation';
  end if;
  if not exists (select from experiment x where x.model = new.model and x.name = new.experiment and x.revision >= new.revision
                 and (new.kind <> 'stop' or x.status = 'stopped')) then
    raise exception 'event % did not change experiment % of %', new.revision, new.experiment, new.model
      using errcode = 'restrict_violation';
  end if;
  return null;
end
$function$
CREATE OR REPLACE FUNCTION public.experiment_moves_forward()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.status <> 'running' then
    raise exception 'experiment % of % has stopped: it never changes again', old.name, old.model using errcode = 'restrict_violation';
  end if;
  if (new.model, new.name, new.salt, new.started_at, new.revision)
    is distinct from (old.model, old.name, old.salt, old.started_at, old.revision + 1) then
    raise exception 'experiment % of % must go from revision % to the next, and keeps its salt', old.name, old.model, old.revision
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$function$
CREATE OR REPLACE FUNCTION public.model_alias_moves_forward()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if (new.model, new.alias, new.revision) is distinct from (old.model, old.alias, old.revision + 1) then
    raise exception 'alias % of % must go from revision % to the next', old.alias, old.model, old.revision
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$function$
CREATE OR REPLACE FUNCTION public.model_alias_stands_on_no_archived()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from archived_version v where v.model = new.model and v.version = new.version) then
    raise exception 'version % of % is archived and takes no alias', new.version, new.model using errcode = 'restrict_violation';
  end if;
  return new;
end
$function$
CREATE OR REPLACE FUNCTION public.notify_alias()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('holdfast_alias', json_build_object('model', new.model, 'alias', new.alias, 'version', new.version)::text);
  return null;
end
$function$
CREATE OR REPLACE FUNCTION public.notify_experiment()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('holdfast_experiment', json_build_object('model', new.model, 'experiment', new.name)::text);
  return null;
end
$function$
CREATE OR REPLACE FUNCTION public.notify_unloaded_model()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('holdfast_alias', json_build_object('model', coalesce(new.model, old.model))::text);
  return null;
end $function$
CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% of % is refused: its rows never change', lower(tg_op), tg_table_name using errcode = 'restrict_violation';
end
$function$
CREATE OR REPLACE FUNCTION public.take_back_unloaded_model()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  delete from unloaded_model where model = new.model;
  return null;
end $function$
CREATE OR REPLACE FUNCTION public.training_run_ends_once()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'run % has %: it never changes again', old.id, old.status using errcode = 'restrict_violation';
end
$function$
