import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { after, before, describe, it } from 'mocha';
import { requirePeer } from '../../peers/requirePeer.ts';
import { interopService } from '../../support/interopService.ts';
import { type StartedServer, startGrpcServer } from '../../support/withGrpcServer.ts';

// The test cases by which gRPC's own libraries are held against each other (grpc/doc/interop-test-descriptions.md), by the client
// of gRPC-Go; each asserts in the client, which exits with 0 or tells what it got. Left out: those that need TLS with accounts of
// Google's; custom_metadata and ORCA's, for a handler of ours sends no metadata of its own; compression, for the Go client has
// no case of it.

const testCases = [
  'empty_unary',
  'large_unary',
  'client_streaming',
  'server_streaming',
  'ping_pong',
  'empty_stream',
  'timeout_on_sleeping_server',
  'cancel_after_begin',
  'cancel_after_first_response',
  'unimplemented_method',
  'unimplemented_service',
  'pick_first_unary',
  'rpc_soak',
  'channel_soak',
];

/** The cases want the status UNKNOWN, which no error of ours has, so that they fail: by the code, and by nothing else. */
const messages = {
  status_code_and_message: 'test status message',
  special_status_message: '\t\ntest with whitespace\r\nand Unicode BMP \u{263a} and non-BMP \u{1f608}\t\n',
};

describe("gRPC's interop client", () => {
  let started: StartedServer;
  let client: string;
  before(async function start() {
    client = requirePeer(this, 'grpc-interop-client');
    started = await startGrpcServer([interopService]);
  });
  after(() => started?.server.close());

  const run = (testCase: string) => {
    const [host = '', port = ''] = started.address.split(':');
    // How fast the soaks are is not asked.
    const soak = [
      '-soak_per_iteration_max_acceptable_latency_ms=600000',
      '-soak_overall_timeout_seconds=600',
    ];
    const words = [`-server_host=${host}`, `-server_port=${port}`, `-test_case=${testCase}`];
    return promisify(execFile)(client, [...words, ...soak]);
  };

  for (const testCase of testCases) it(`passes ${testCase}`, () => run(testCase));

  for (const [testCase, message] of Object.entries(messages))
    it(`reads the message of ${testCase} as it was written`, () =>
      assert.rejects(run(testCase), {
        code: 1,
        stderr: new RegExp(
          `_, rpc error: code = Internal desc = ${message}, want _, rpc error: code = Unknown desc = ${message}\n`,
        ),
      }));

  it('brings nothing about that the server did not expect', () => {
    assert.deepEqual(
      started.logs.filter(({ msg }) => msg === 'A call failed unexpectedly.'),
      [],
    );
  });
});
