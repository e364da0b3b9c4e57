import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

// A Python that has what a bench compares with: the test peers' where it is all there, else a virtual environment of the bench's
// own, made once with the versions of its requirements.txt.

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..');

export interface PythonNeeds {
  /** Of the virtual environment, below .holdfast/bench. */
  readonly folder: string;
  readonly requirements: string;
  readonly modules: readonly string[];
}

/**
 * @param report told what is being installed
 * @returns the path of the Python program
 * @throws Error that says what to install where no virtual environment can be made
 */
export async function findPython(
  report: (line: string) => void,
  { folder: name, requirements, modules }: PythonNeeds,
): Promise<string> {
  const peers = join(root, '.venv/bin/python');
  if (existsSync(peers) && (await hasModules(peers, modules))) return peers;
  const folder = join(root, '.holdfast/bench', name);
  const python = join(folder, 'bin/python');
  const stamp = join(folder, 'requirements.installed');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  report(`Installing ${modules.join(', ')} into .holdfast/bench/${name} (once) …`);
  try {
    await run('python3', ['-m', 'venv', folder]);
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  } catch (cause) {
    throw new Error(
      'The bench compares with Python and could not install what it needs: that takes python3 (3.10 or newer) with venv and pip ' +
        '(on Debian: apt-get install python3-venv), and the network once.',
      { cause },
    );
  }
  writeFileSync(stamp, wanted);
  return python;
}

const hasModules = (python: string, modules: readonly string[]): Promise<boolean> =>
  run(python, ['-c', `import ${modules.join(', ')}`]).then(
    () => true,
    () => false,
  );
