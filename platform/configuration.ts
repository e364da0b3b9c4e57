import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import type { TracingSettings } from '../observability/tracing/TracingSettings.ts';
import { HoldfastError } from './HoldfastError.ts';
import { readTlsSettings } from './tls/readTlsSettings.ts';

// Every setting that the environment may give, read once at a process's border. No other file reads process.env for them.

const number = (least: number, most: number, preset: number) => {
  const expected = `expected a number from ${least} to ${most}`;
  return z.coerce
    .number(expected)
    .refine(value => value >= least && value <= most, expected)
    .default(preset);
};

const count = (least: number, most: number, preset: number) => {
  const expected = `expected a whole number from ${least} to ${most}`;
  return z.coerce
    .number(expected)
    .refine(value => Number.isInteger(value) && value >= least && value <= most, expected)
    .default(preset);
};

const port = (preset: number) => count(1, 65_535, preset);

/** By these the worker shows runs in MLflow. */
const trackingVariables = [
  'MLFLOW_TRACKING_URI',
  'MLFLOW_TRACKING_TOKEN',
  'MLFLOW_TRACKING_USERNAME',
  'MLFLOW_TRACKING_PASSWORD',
  'MLFLOW_EXPERIMENT_NAME',
] as const;

/** By these people and programs prove who they are: no process that `npm start` starts is told them. */
export const secretSettings = ['HOLDFAST_API_KEY', 'HOLDFAST_ADMIN_PASSWORD'] as const;

/** A server's, as MLflow's own clients take it; without credentials in it, which would end up in logs. */
const trackingUri = z.string().refine(text => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    `${url.username}${url.password}${url.search}` === ''
  );
}, 'expected the address of an MLflow server, http:// or https://, without user and password (MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, hold those)');

const environment = z.object({
  /** Default: `.holdfast` of the checkout, wherever the command is given. */
  HOLDFAST_HOME: z
    .string()
    .min(1)
    .default(join(import.meta.dirname, '..', '.holdfast')),
  /** The address that control, inference and the gateway listen on; everything else stays on loopback. */
  HOLDFAST_BIND: z.string().min(1).default('127.0.0.1'),
  /** Set: both gRPC servers speak TLS by this certificate (PEM, with those that vouch for it). */
  HOLDFAST_TLS_CERT: z.string().optional(),
  HOLDFAST_TLS_KEY: z.string().optional(),
  /** Set: they take only clients whose certificate one of these signed. */
  HOLDFAST_TLS_CLIENT_CA: z.string().optional(),
  /** By whom clients (gateway, CLI) know the servers; `system`: by whom Node trusts. */
  HOLDFAST_TLS_CA: z.string().optional(),
  HOLDFAST_TLS_CLIENT_CERT: z.string().optional(),
  HOLDFAST_TLS_CLIENT_KEY: z.string().optional(),
  /** The name in the servers' certificate, where it is not the host that clients connect to. */
  HOLDFAST_TLS_SERVER_NAME: z.string().optional(),
  /** Where the command keeps its logins: in the folder `holdfast` there. */
  XDG_CONFIG_HOME: z.string().default(join(homedir(), '.config')),
  /** The installation that the command talks to, where it is not this machine's. */
  HOLDFAST_SERVER: z.string().optional(),
  HOLDFAST_HTTP_PORT: port(8080),
  HOLDFAST_INFERENCE_PORT: port(9000),
  HOLDFAST_CONTROL_PORT: port(9001),
  HOLDFAST_POSTGRES_PORT: port(5433),
  HOLDFAST_TEMPORAL_PORT: port(7233),
  HOLDFAST_TEMPORAL_UI_PORT: port(8233),
  HOLDFAST_METRICS_PORT: port(9464),
  /** The model of requests that name none. */
  HOLDFAST_MODEL: z.string().min(1).default('churn'),
  HOLDFAST_TRAINING_THREADS: count(1, 256, Math.min(availableParallelism(), 8)),
  /** How many processes share the inference port. */
  INFERENCE_PROCESSES: count(1, 64, 1),
  /** The largest request that inference takes. */
  INFERENCE_MAX_MESSAGE_MB: count(1, 1024, 32),
  /** How long a connection may be silent before it is asked whether it is still there. */
  INFERENCE_KEEPALIVE_S: count(1, 86_400, 60),
  /** Rows of one run of a model at most. */
  INFERENCE_MAX_BATCH_ROWS: count(1, 10_000, 512),
  /** How long a call may wait for others to join its run. */
  INFERENCE_MAX_QUEUE_DELAY_US: count(0, 1_000_000, 0),
  /** Rows that may wait for one version of a model; a call beyond them is refused. */
  INFERENCE_MAX_QUEUE_ROWS: count(1, 10_000_000, 50_000),
  /** Set: of the units of a model with a Staging and no experiment, AB_BUCKET_B_PCT percent are answered by Staging. */
  AB_ENABLED: z.enum(['true', 'false', '1', '0'], 'expected true or false').default('false'),
  AB_BUCKET_B_PCT: number(0, 100, 20),
  /** The gRPC metadata or HTTP header that names the unit of a call. */
  AB_STICKY_HEADER: z
    .string()
    .toLowerCase()
    .regex(/^[a-z][a-z0-9-]{0,62}$/, 'expected the name of a header, as x-unit-id')
    .refine(name => !name.endsWith('-bin'), 'expected a header of text, whose name does not end in -bin')
    .default('x-unit-id'),
  /** When the spool of predictions is brought to the disk: always (before the answer), never, or every so many ms. */
  HOLDFAST_SPOOL_FSYNC: z
    .union([z.enum(['always', 'never']), z.coerce.number().int().min(1).max(60_000)], {
      error: 'expected always, never or a number of milliseconds from 1 to 60000',
    })
    .default(200),
  HOLDFAST_SPOOL_MAX_MB: count(1, 10_000_000, 1024),
  HOLDFAST_PREDICTION_RETENTION_DAYS: count(1, 36_500, 90),
  /** Megabytes of model files in memory besides those in Production. */
  INFERENCE_MAX_ON_REQUEST_MB: count(1, 1_000_000, 512),
  /** Set: traces go to this OpenTelemetry collector, by OTLP over HTTP. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'expected the address of a collector, as http://127.0.0.1:4318' })
    .optional(),
  /** What the collector asks for, as `name=value,name=value`. */
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .regex(/^[\w-]+=[^,]*(?:,[\w-]+=[^,]*)*$/, 'expected name=value, several with commas between them')
    .optional(),
  /** The share of the predictions that are traced, where the caller does not trace them. */
  HOLDFAST_TRACE_SAMPLE: number(0, 1, 0.01),
  /** Pages of these origins may call the gateway; separated by commas. */
  HOLDFAST_CORS_ORIGINS: z
    .string()
    .transform(text => text.split(',').map(each => each.trim()))
    .refine(
      origins => origins.every(each => URL.canParse(each) && new URL(each).origin === each),
      'expected origins separated by commas, as https://console.example',
    )
    .optional(),
  /** What the command presents to the servers, in place of this machine's own key. */
  HOLDFAST_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'expected a key, as hf_…')
    .optional(),
  /** Addresses of proxies and gateways on other machines, with commas: what they say of whom they call for is believed. */
  HOLDFAST_TRUSTED_PROXIES: z
    .string()
    .transform(text => text.split(',').map(each => each.trim()))
    .refine(
      addresses => addresses.every(each => isIP(each) !== 0 && !each.includes('%')),
      'expected IP addresses with commas between them, as 10.1.2.3,fd00::7',
    )
    .optional(),
  /** Folders with colons between: which files of the workers may be named from another machine. */
  HOLDFAST_DATA_ROOTS: z
    .string()
    .transform(text => text.split(delimiter))
    .refine(
      folders => folders.every(each => isAbsolute(each)),
      'expected absolute paths of folders, as /srv/tables:/data',
    )
    .optional(),
  /** The gateway's address as browsers know it: https makes a session's cookie go over https alone, whatever proxies say. */
  HOLDFAST_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'expected an address, as https://churn.example.com' })
    .optional(),
  /** Of the first admin, where there is no user yet. */
  HOLDFAST_ADMIN_PASSWORD: z.string().optional(),
  HOLDFAST_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  /** The share of the calls that leave a line in the log. */
  HOLDFAST_ACCESS_LOG_SAMPLE: number(0, 1, 0.01),
  /** Set: PostgreSQL is not started, this one is used. */
  DATABASE_URL: z.string().min(1).optional(),
  /** Set: Temporal is not started, this one is used. */
  TEMPORAL_ADDRESS: z.string().min(1).optional(),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  /** Set: each run and version also appears in this MLflow. */
  MLFLOW_TRACKING_URI: trackingUri.optional(),
  MLFLOW_TRACKING_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'expected letters, digits and signs without spaces')
    .optional(),
  MLFLOW_TRACKING_USERNAME: z.string().optional(),
  MLFLOW_TRACKING_PASSWORD: z.string().optional(),
  /** Default: one experiment a model. */
  MLFLOW_EXPERIMENT_NAME: z.string().optional(),
});

/** Every variable that a process of ours may be set by. */
export const settingNames: readonly string[] = Object.keys(environment.shape);

/** What is wrong with these is told without what came: it may hold a password. */
const secret: readonly string[] = [...trackingVariables, ...secretSettings, 'OTEL_EXPORTER_OTLP_HEADERS'];

export type Configuration = ReturnType<typeof readConfiguration>;

/**
 * Reads and checks the environment.
 * @throws HoldfastError invalidArgument that names every variable at fault, what came and what was expected.
 */
export function readConfiguration(source: NodeJS.ProcessEnv = process.env) {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const result = environment.safeParse(present);
  if (!result.success) {
    const violations = result.error.issues.map(({ path, message }) => {
      const field = path.join('.');
      const came = secret.includes(field) ? '' : `, got ${JSON.stringify(source[field])}`;
      return { field, description: `${message}${came}` };
    });
    throw new HoldfastError(
      'invalidArgument',
      `The environment is not valid: ${violations.map(({ field, description }) => `${field}: ${description}`).join('; ')}. Change or unset these variables.`,
      { violations },
    );
  }
  const values = result.data;
  return {
    home: resolve(values.HOLDFAST_HOME),
    bind: values.HOLDFAST_BIND,
    server: values.HOLDFAST_SERVER,
    configHome: values.XDG_CONFIG_HOME,
    tls: readTlsSettings(values),
    ports: {
      http: values.HOLDFAST_HTTP_PORT,
      inference: values.HOLDFAST_INFERENCE_PORT,
      control: values.HOLDFAST_CONTROL_PORT,
      postgres: values.HOLDFAST_POSTGRES_PORT,
      temporal: values.HOLDFAST_TEMPORAL_PORT,
      temporalUi: values.HOLDFAST_TEMPORAL_UI_PORT,
      metrics: values.HOLDFAST_METRICS_PORT,
    },
    defaultModel: values.HOLDFAST_MODEL,
    trainingThreads: values.HOLDFAST_TRAINING_THREADS,
    inferenceConnections: {
      maximumMessageBytes: values.INFERENCE_MAX_MESSAGE_MB * 1024 * 1024,
      keepaliveMs: values.INFERENCE_KEEPALIVE_S * 1000,
    },
    inferenceProcesses: values.INFERENCE_PROCESSES,
    maximumOnRequestBytes: values.INFERENCE_MAX_ON_REQUEST_MB * 1024 * 1024,
    batching: {
      maxBatchRows: values.INFERENCE_MAX_BATCH_ROWS,
      maxQueueDelayUs: values.INFERENCE_MAX_QUEUE_DELAY_US,
      maxQueueRows: values.INFERENCE_MAX_QUEUE_ROWS,
    },
    ab: {
      enabled: values.AB_ENABLED === 'true' || values.AB_ENABLED === '1',
      bucketBPct: values.AB_BUCKET_B_PCT,
    },
    stickyHeader: values.AB_STICKY_HEADER,
    spool: {
      fsync: values.HOLDFAST_SPOOL_FSYNC,
      maximumBytes: values.HOLDFAST_SPOOL_MAX_MB * 1024 * 1024,
      retentionDays: values.HOLDFAST_PREDICTION_RETENTION_DAYS,
    },
    corsOrigins: values.HOLDFAST_CORS_ORIGINS ?? [],
    isPublicHttps: values.HOLDFAST_PUBLIC_URL?.startsWith('https:') === true,
    apiKey: values.HOLDFAST_API_KEY,
    // On the address that they listen on, our gateway's calls reach control from that address.
    trustedProxies: [
      '127.0.0.1',
      '::1',
      ...[values.HOLDFAST_BIND].filter(bind => isIP(bind) !== 0),
      ...(values.HOLDFAST_TRUSTED_PROXIES ?? []),
    ],
    dataRoots: values.HOLDFAST_DATA_ROOTS ?? [join(resolve(values.HOLDFAST_HOME), 'data')],
    adminPassword: values.HOLDFAST_ADMIN_PASSWORD,
    logLevel: values.HOLDFAST_LOG_LEVEL,
    accessLogShare: values.HOLDFAST_ACCESS_LOG_SAMPLE,
    databaseUrl: values.DATABASE_URL,
    temporalAddress: values.TEMPORAL_ADDRESS,
    temporalNamespace: values.TEMPORAL_NAMESPACE,
    tracking: trackingOf(values),
    tracing: tracingOf(values),
  };
}

/** Null where no collector is named. */
function tracingOf({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_HEADERS: headers = '',
  HOLDFAST_TRACE_SAMPLE: predictionShare,
}: z.output<typeof environment>): TracingSettings | null {
  if (endpoint === undefined) return null;
  const pairs = headers.split(',').filter(pair => pair !== '');
  return {
    endpoint,
    headers: Object.fromEntries(
      pairs.map(pair => {
        const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(pair) ?? [];
        return [name, decodeURIComponent(value)];
      }),
    ),
    predictionShare,
  };
}

export interface TrackingSettings {
  /** Of the server, without a slash at its end. */
  readonly url: string;
  /** The header's value; null where none is needed. Not to be logged. */
  readonly authorization: string | null;
  /** Null: one a model. */
  readonly experiment: string | null;
}

/** As MLflow's own clients decide: user and password come before a token. */
function trackingOf({
  MLFLOW_TRACKING_URI: uri,
  MLFLOW_TRACKING_TOKEN: token,
  MLFLOW_TRACKING_USERNAME: user,
  MLFLOW_TRACKING_PASSWORD: password,
  MLFLOW_EXPERIMENT_NAME: name,
}: z.output<typeof environment>): TrackingSettings | null {
  if (uri === undefined) return null;
  const url = uri.replace(/\/+$/, '');
  const experiment = name ?? null;
  if (user !== undefined && password !== undefined)
    return {
      url,
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
      experiment,
    };
  return { url, authorization: token === undefined ? null : `Bearer ${token}`, experiment };
}
