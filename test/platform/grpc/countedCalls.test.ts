import assert from 'node:assert/strict';
import { constants } from 'node:http2';
import { status } from '@grpc/grpc-js';
import { describe, it } from 'mocha';
import { anonymous, type Principal } from '../../../platform/access/Principal.ts';
import type { Authorizer } from '../../../platform/grpc/Authorizer.ts';
import type { CallObserver } from '../../../platform/grpc/CallObserver.ts';
import { beginCall, type BareConnection, frame, withConnection } from '../../support/bareCall.ts';
import { waitUntil } from '../../support/waitUntil.ts';
import { withGrpcServer } from '../../support/withGrpcServer.ts';
import { CHAT, ECHO, JOIN, REPEAT, transportService } from '../../support/withTransport.ts';

// The end of a call is told once, whatever became of it, and by the caller's view.

const LATE: number = status.DEADLINE_EXCEEDED;
const paths = [ECHO, JOIN, REPEAT, CHAT];

/** Each call waits for its admission, while the test goes on with it. */
async function withLateAdmission(
  test: (connection: BareConnection, late: { admit: () => void; asked: () => number }) => Promise<void>,
): Promise<number[]> {
  const asked: PromiseWithResolvers<Principal>[] = [];
  const codes: number[] = [];
  const authorizer: Authorizer = {
    guard: () => ({
      admit: () => {
        const admission = Promise.withResolvers<Principal>();
        asked.push(admission);
        return admission.promise;
      },
      watch: () => () => undefined,
    }),
  };
  const observer: CallObserver = { observe: () => code => void codes.push(code) };
  const admit = (): void => {
    for (const { resolve } of asked) resolve(anonymous);
  };
  await withGrpcServer(
    [transportService()],
    async started => {
      await withConnection(started, connection => test(connection, { admit, asked: () => asked.length }));
      await waitUntil('the end of each call', () => codes.length === paths.length);
    },
    { authorizer, observers: [observer] },
  );
  return codes;
}

describe('a call whose caller is known late', () => {
  for (const isWhole of [true, false])
    it(`is counted where its time was over before, its request ${isWhole ? 'sent' : 'still coming'}`, async () => {
      const codes = await withLateAdmission(async (connection, { admit }) => {
        const begun = paths.map(path => beginCall(connection, path, { 'grpc-timeout': '20m' }));
        for (const { stream } of begun)
          if (isWhole) stream.end(frame('a'));
          else stream.write(frame('a'));
        const answers = await Promise.all(begun.map(({ answer }) => answer));
        admit();
        assert.deepEqual(
          answers.map(answer => answer.status),
          paths.map(() => LATE),
        );
        if (!isWhole) await Promise.all(begun.map(({ stream }) => waitUntil('its end', () => stream.closed)));
      });
      assert.deepEqual(
        codes,
        paths.map(() => LATE),
      );
    });

  it('is counted where the caller had gone', async () => {
    const codes = await withLateAdmission(async (connection, { admit, asked }) => {
      const begun = paths.map(path => beginCall(connection, path));
      for (const { stream } of begun) stream.end(frame('a'));
      await waitUntil('the calls', () => asked() === paths.length);
      for (const { stream } of begun) stream.close(constants.NGHTTP2_CANCEL);
      const pinged = Promise.withResolvers<void>();
      connection.session.ping(() => pinged.resolve());
      await pinged.promise;
      admit();
    });
    assert.deepEqual(
      codes,
      paths.map(() => status.CANCELLED),
    );
  });
});

describe('a call whose request does not come in time', () => {
  // Timers of Node's are now and then early by the clock that deadlines are of.
  it('is counted as its caller was told', async () => {
    const codes: number[] = [];
    const observer: CallObserver = { observe: () => code => void codes.push(code) };
    const timeouts = Array.from({ length: 2000 }, (_, number) => `${20 + (number % 400)}m`);
    await withGrpcServer(
      [transportService()],
      started =>
        withConnection(started, async connection => {
          const answers = await Promise.all(
            timeouts.map(timeout => beginCall(connection, ECHO, { 'grpc-timeout': timeout }).answer),
          );
          assert.ok(answers.every(answer => answer.status === LATE));
        }),
      { observers: [observer] },
    );
    assert.equal(codes.length, timeouts.length);
    assert.deepEqual([...new Set(codes)], [LATE]);
  });
});
