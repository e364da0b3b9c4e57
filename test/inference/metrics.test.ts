import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { status } from '@grpc/grpc-js';
import { describe, it } from 'mocha';
import { statusOf } from '../../inference/metrics/statusOf.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { createGrpcClient } from '../../platform/grpc/createGrpcClient.ts';
import { GRPCInferenceServiceService } from '../../proto/gen/inference/grpc_service.ts';
import { requirePromtool } from '../peers/requirePeer.ts';
import { readMetrics } from '../support/readMetrics.ts';
import { goodInstance, smallModel } from '../support/smallModel.ts';
import { TEST_KEY } from '../support/testAccess.ts';
import { type Served, withInference, withServedModel } from '../support/withInference.ts';

const pageOf = async ({ metrics }: Served): Promise<Map<string, number>> =>
  readMetrics(await metrics.registry.metrics());

const ask = ({ client }: Served, instances: object[], model = '', version = '') =>
  client.predict({ model, version, instances: instances.map(instance => ({ ...instance })) });

const predict = 'grpc_type="unary",grpc_service="holdfast.v1.PredictionService",grpc_method="Predict"';

/** Every series with these labels that a loaded version has before anybody asked; all of them are 0. */
const atZero: readonly string[] = [
  'prediction_requests_total{model="churn"}',
  'prediction_requests_total{model="unknown"}',
  'prediction_errors_total{model="churn",code="INVALID_ARGUMENT"}',
  'prediction_errors_total{model="churn",code="RESOURCE_EXHAUSTED"}',
  'prediction_errors_total{model="churn",code="CANCELLED"}',
  'prediction_errors_total{model="churn",code="ABORTED"}',
  'prediction_errors_total{model="unknown",code="NOT_FOUND"}',
  'prediction_latency_seconds_count{model="churn",version="1"}',
  'prediction_latency_seconds_sum{model="churn",version="1"}',
  'prediction_latency_seconds_bucket{le="+Inf",model="churn",version="1"}',
  'churn_predictions_total{model="churn",version="1",prediction="Yes"}',
  'churn_predictions_total{model="churn",version="1",prediction="No"}',
  'nv_inference_request_success{model="churn",version="1"}',
  'nv_inference_request_failure{model="churn",version="1",reason="REJECTED"}',
  'nv_inference_request_failure{model="churn",version="1",reason="CANCELED"}',
  'nv_inference_request_failure{model="churn",version="1",reason="BACKEND"}',
  'nv_inference_request_failure{model="churn",version="1",reason="OTHER"}',
  'nv_inference_count{model="churn",version="1"}',
  'nv_inference_exec_count{model="churn",version="1"}',
  'nv_inference_pending_request_count{model="churn",version="1"}',
  'nv_inference_request_duration_us{model="churn",version="1"}',
  'nv_inference_queue_duration_us{model="churn",version="1"}',
  'nv_inference_compute_input_duration_us{model="churn",version="1"}',
  'nv_inference_compute_infer_duration_us{model="churn",version="1"}',
  'nv_inference_compute_output_duration_us{model="churn",version="1"}',
  `grpc_server_handling_seconds_count{${predict},grpc_code="OK"}`,
  'holdfast_queue_rows{model="churn",version="1"}',
  'holdfast_batch_rows_count{model="churn",version="1"}',
  'holdfast_unseen_levels_total{model="churn",version="1",column="contract"}',
  'holdfast_unseen_levels_total{model="churn",version="1",column="region"}',
  'holdfast_spool_pending_bytes',
  'holdfast_spool_unkept_predictions_total',
  'holdfast_shadow_left_out_total',
];

describe('the metrics of inference', () => {
  it('are there at zero before the first request', () =>
    withServedModel(async served => {
      const page = await pageOf(served);
      assert.deepEqual(
        atZero.map(name => [name, page.get(name)]),
        atZero.map(name => [name, 0]),
      );
    }));

  it('count a request that was given up as that, and one that was late as late, whatever the handler said', () => {
    const late = new HoldfastError('deadlineExceeded', 'Late.');
    const gone = new HoldfastError('unavailable', 'Gone.');
    const never = Number.POSITIVE_INFINITY;
    for (const [error, cancelled, deadline, expected] of [
      [late, false, Date.now() - 1, status.DEADLINE_EXCEEDED],
      [gone, true, Date.now() - 1, status.DEADLINE_EXCEEDED],
      [gone, true, never, status.CANCELLED],
      [gone, false, never, status.UNAVAILABLE],
      [new TypeError('of ours'), false, never, status.INTERNAL],
    ] as const)
      assert.equal(statusOf(error, { cancelled, deadline }), expected);
  });

  it('rise by exactly what was sent', () =>
    withServedModel(async served => {
      const before = await pageOf(served);
      const answers = [
        ...(await ask(served, [goodInstance])).predictions,
        ...(await ask(served, [goodInstance, { ...goodInstance, contract: 'decade' }])).predictions,
      ];
      const open = createGrpcClient(GRPCInferenceServiceService, {
        address: `127.0.0.1:${served.inference.port}`,
        peer: 'inference',
        secret: TEST_KEY,
      });
      await assert.rejects(
        open.modelInfer({
          modelName: 'churn',
          modelVersion: '',
          id: '',
          parameters: {},
          inputs: [],
          outputs: [],
          rawInputContents: [],
        }),
      );
      open.close();
      await assert.rejects(ask(served, [{ ...goodInstance, tenure: -1 }]));
      for (const model of ['nobody', 'nobody else']) await assert.rejects(ask(served, [goodInstance], model));
      await assert.rejects(ask(served, []), 'a request that cannot be read reaches no model');
      const after = await pageOf(served);
      const yes = answers.filter(label => label === 'Yes').length;
      const expected: Record<string, number> = {
        'prediction_requests_total{model="churn"}': 4,
        'prediction_requests_total{model="unknown"}': 2,
        'prediction_errors_total{model="churn",code="INVALID_ARGUMENT"}': 2,
        'prediction_errors_total{model="unknown",code="NOT_FOUND"}': 2,
        'prediction_latency_seconds_count{model="churn",version="1"}': 2,
        'prediction_latency_seconds_bucket{le="+Inf",model="churn",version="1"}': 2,
        'churn_predictions_total{model="churn",version="1",prediction="Yes"}': yes,
        'churn_predictions_total{model="churn",version="1",prediction="No"}': 3 - yes,
        'nv_inference_request_success{model="churn",version="1"}': 2,
        'nv_inference_request_failure{model="churn",version="1",reason="OTHER"}': 2,
        'nv_inference_count{model="churn",version="1"}': 3,
        'nv_inference_exec_count{model="churn",version="1"}': 2,
        'holdfast_batch_rows_bucket{le="1",model="churn",version="1"}': 1,
        'holdfast_batch_rows_bucket{le="2",model="churn",version="1"}': 2,
        'holdfast_batch_rows_sum{model="churn",version="1"}': 3,
        'holdfast_unseen_levels_total{model="churn",version="1",column="contract"}': 1,
        [`grpc_server_handling_seconds_count{${predict},grpc_code="OK"}`]: 2,
        [`grpc_server_handling_seconds_count{${predict},grpc_code="InvalidArgument"}`]: 2,
        [`grpc_server_handling_seconds_count{${predict},grpc_code="NotFound"}`]: 2,
      };
      assert.deepEqual(
        Object.fromEntries(
          Object.keys(expected).map(name => [name, (after.get(name) ?? NaN) - (before.get(name) ?? 0)]),
        ),
        expected,
      );
      for (const part of ['request', 'queue', 'compute_input', 'compute_infer'])
        assert.ok((after.get(`nv_inference_${part}_duration_us{model="churn",version="1"}`) ?? 0) > 0, part);
      // The parts are those of the whole, in the same unit.
      const us = (part: string): number =>
        after.get(`nv_inference_${part}_duration_us{model="churn",version="1"}`) ?? NaN;
      const parts = us('queue') + us('compute_input') + us('compute_infer');
      assert.ok(Math.abs(us('request') - parts) <= 2, `${us('request')} is not ${parts}`);
      const text = await served.metrics.registry.metrics();
      assert.ok(
        !text.includes('nobody') && !text.includes('decade'),
        "what a caller wrote is nobody's label",
      );
    }));

  it('agree with the statistics of the Open Inference Protocol', () =>
    withServedModel(async served => {
      for (let time = 0; time < 3; time++) await ask(served, [goodInstance, goodInstance]);
      const open = createGrpcClient(GRPCInferenceServiceService, {
        address: `127.0.0.1:${served.inference.port}`,
        peer: 'inference',
        secret: TEST_KEY,
      });
      const { modelStats } = await open.modelStatistics({ name: 'churn', version: '1' });
      open.close();
      const page = await pageOf(served);
      assert.equal(modelStats.length, 1);
      const [{ inferenceCount, executionCount, inferenceStats }] = modelStats;
      assert.deepEqual(
        [inferenceCount, executionCount, inferenceStats?.success?.count].map(Number),
        ['count', 'exec_count', 'request_success'].map(name =>
          page.get(`nv_inference_${name}{model="churn",version="1"}`),
        ),
      );
      assert.ok(
        Math.abs(
          Number(inferenceStats?.success?.ns) / 1000 -
            (page.get('nv_inference_request_duration_us{model="churn",version="1"}') ?? NaN),
        ) <= 1,
      );
    }));

  it('say which versions are in memory, by alias and digest', () =>
    withInference(async world => {
      const models = [smallModel(), smallModel({ shift: 1 }), smallModel({ shift: 2 })];
      await world.register(...models);
      await world.promote(1);
      await world.promote(2, 'staging');
      const served = await world.start();
      for (const version of ['staging', '3']) await ask(served, [goodInstance], '', version);
      const page = await pageOf(served);
      const infos = [...page].filter(([name]) => name.startsWith('holdfast_model_version_info'));
      assert.deepEqual(
        infos,
        ['production', 'staging', ''].map((alias, index) => [
          `holdfast_model_version_info{model="churn",version="${index + 1}",alias="${alias}",digest="${models[index].digest}"}`,
          1,
        ]),
      );
    }));

  it("pass promtool, but for the names and the unit that are Triton's", function () {
    const promtool = requirePromtool(this);
    return withServedModel(async served => {
      await ask(served, [goodInstance]);
      await assert.rejects(ask(served, [{}]));
      const input = await served.metrics.registry.metrics();
      const { stdout, stderr, status } = spawnSync(promtool, ['check', 'metrics'], {
        input,
        encoding: 'utf8',
      });
      // 3: it was read and there are objections; 1: it could not be read.
      assert.equal(status, 3, stderr);
      const objections = `${stdout}${stderr}`.split('\n').filter(line => line !== '');
      assert.deepEqual(
        objections.filter(line => !line.startsWith('nv_inference_')),
        [],
      );
      const broken = spawnSync(promtool, ['check', 'metrics'], {
        input: `${input}nonsense{\n`,
        encoding: 'utf8',
      });
      assert.equal(broken.status, 1);
    });
  });
});

describe('the access log', () => {
  it('has a line for the share that was asked for, with nothing of what was sent', () =>
    withInference(async world => {
      await world.register(smallModel());
      await world.promote(1);
      const served = await world.start({ accessLogShare: 0.25 });
      for (let time = 0; time < 8; time++) await ask(served, [goodInstance, goodInstance]);
      await assert.rejects(ask(served, [{ ...goodInstance, contract: 17 }]));
      const answered = served.logs.filter(({ msg }) => msg === 'A call was answered.');
      assert.deepEqual(
        answered.map(({ level, method, code, rows }) => [level, method, code, rows]),
        Array.from({ length: 2 }, () => [30, 'holdfast.v1.PredictionService/Predict', 'OK', 2]),
      );
      assert.ok(answered.every(({ ms }) => typeof ms === 'number' && ms > 0));
      const failed = served.logs.filter(({ msg }) => msg === 'A call failed.');
      assert.deepEqual(
        failed.map(({ level, code, rows }) => [level, code, rows]),
        [[20, 'INVALID_ARGUMENT', 1]],
      );
      const said = [...answered, ...failed].map(line => Object.keys(line).toSorted());
      for (const fields of said)
        assert.deepEqual(
          fields.filter(name => !['hostname', 'pid', 'time', 'level', 'msg'].includes(name)),
          ['code', 'method', 'ms', 'rows'],
        );
    }));
});
