import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

// A Python that has scikit-learn: the test peers' where it is there, else a virtual environment of the bench's own, made
// once with the versions of requirements.txt.

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const requirements = join(import.meta.dirname, 'requirements.txt');

/**
 * @param report told what is being installed
 * @returns the path of the Python program
 * @throws Error that says what to install where no virtual environment can be made
 */
export async function findPython(report: (line: string) => void): Promise<string> {
  const peers = join(root, '.venv/bin/python');
  if (existsSync(peers) && (await hasScikitLearn(peers))) return peers;
  const folder = join(root, '.holdfast/bench/venv');
  const python = join(folder, 'bin/python');
  const stamp = join(folder, 'requirements.installed');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  report('Installing scikit-learn into .holdfast/bench/venv (once) …');
  try {
    await run('python3', ['-m', 'venv', folder]);
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  } catch (cause) {
    throw new Error(
      'The bench compares with scikit-learn and could not install it: it needs python3 (3.10 or newer) with venv and pip ' +
        '(on Debian: apt-get install python3-venv), and the network once.',
      { cause },
    );
  }
  writeFileSync(stamp, wanted);
  return python;
}

const hasScikitLearn = (python: string): Promise<boolean> =>
  run(python, ['-c', 'import sklearn']).then(
    () => true,
    () => false,
  );
