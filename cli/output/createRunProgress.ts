import type { Candidate, Run } from '../../proto/gen/holdfast/v1/run.ts';
import { formatCount } from './format.ts';

// How a run goes on, for people. On a terminal a block that is drawn again in its place; without one a line for each thing
// that changed, so that a log of it reads well.

export interface RunProgress {
  update(run: Run): void;
  /** Leaves what is shown and ends the block. */
  end(): void;
}

export const createRunProgress = (stream: NodeJS.WriteStream): RunProgress =>
  stream.isTTY && process.env.TERM !== 'dumb' ? createBlock(stream) : createLines(stream);

function createBlock(stream: NodeJS.WriteStream): RunProgress {
  let drawn = 0;
  return {
    update(run) {
      const lines = describe(run).map(line => line.slice(0, Math.max(20, (stream.columns ?? 80) - 1)));
      if (drawn > 0) stream.moveCursor(0, -drawn);
      stream.cursorTo(0);
      stream.clearScreenDown();
      stream.write(`${lines.join('\n')}\n`);
      drawn = lines.length;
    },
    end() {
      drawn = 0;
    },
  };
}

function createLines(stream: NodeJS.WriteStream): RunProgress {
  const told = new Set<string>();
  return {
    update(run) {
      for (const line of describe(run))
        if (!told.has(line)) {
          told.add(line);
          stream.write(`${line}\n`);
        }
    },
    end() {
      told.clear();
    },
  };
}

/** One line a fact; a fact that did not change gives the same line. */
function describe(run: Run): string[] {
  const lines = [`${run.workflowId}: ${run.stage || 'starting'}`];
  if (run.dataset !== undefined) {
    const { version, digest, rows, quarantined } = run.dataset;
    lines.push(
      `  data       version ${version} (${digest.slice(0, 12)}), ${formatCount(rows)} rows, ${formatCount(quarantined)} quarantined`,
    );
  }
  for (const candidate of run.candidates)
    lines.push(`  ${candidate.trainer.padEnd(20)} ${candidate.status}${howFar(candidate)}`);
  return lines;
}

function howFar({ status, trialsDone, foldsDone, foldsTotal, reason }: Candidate): string {
  if (status !== 'training') return reason === '' ? '' : `: ${reason}`;
  if (trialsDone > 0) return `, ${formatCount(trialsDone)} fits of its search`;
  return foldsTotal > 0 ? `, fold ${foldsDone} of ${foldsTotal}` : '';
}
