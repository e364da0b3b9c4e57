import { spawn } from 'child_process';
import { existsSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'fs';
import { constants } from 'os';
import { dirname, join } from 'path';
import { fileURLToPath } from 'url';

// What `npm start`, `npm test`, `npm run bench` and `./holdfast` begin with, on whatever Node the machine has: installs the
// packages (Node 24 among them) where they are missing or not those of package-lock.json, and hands over to that Node.
// Built-in modules and old syntax only, so that an old Node can still say that it is too old.

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = join(root, 'node_modules', 'node', 'bin', 'node');
const wantedLock = join(root, 'package-lock.json');
/** What npm writes when an installation is complete. */
const installedLock = join(root, 'node_modules', '.package-lock.json');
/** Held by the one that installs, outside node_modules, which npm empties. */
const pidFile = join(root, '.installing.pid');

const entries = { start: 'bin/start.ts', test: 'test/support/runTests.ts', bench: 'bench/run.ts' };

/** What Node has stripped of types and compiled, by content, for the processes after the first. */
const compileCache = join(root, 'node_modules', '.cache', 'compiled');

const name = process.argv[2];
const args = process.argv.slice(3);
let holdsLock = false;

assertNode();
main().catch(error => fail(error.stack));

async function main() {
  if (!isInstalled()) await installAlone();
  if (name === 'install') markFresh();
  else handOver();
}

function assertNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(
    `Node ${process.versions.node} is too old for Holdfast: install Node 20.19 or newer (it then brings its own Node 24).`,
  );
}

/** Whether node_modules holds what package-lock.json asks for; packages for other platforms may be absent. */
function isInstalled() {
  if (!existsSync(node) || !existsSync(installedLock)) return false;
  const wanted = JSON.parse(readFileSync(wantedLock, 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedLock, 'utf8')).packages;
  const isThere = path => {
    const found = installed[path];
    if (found === undefined) return wanted[path].optional === true || wanted[path].peer === true;
    return found.version === wanted[path].version && found.integrity === wanted[path].integrity;
  };
  return Object.keys(wanted).every(path => path === '' || isThere(path));
}

/** Two of npm in one node_modules would spoil it: the second start waits for the first, and then mostly finds all done. */
async function installAlone() {
  await takeLock();
  try {
    if (!isInstalled()) await install();
  } finally {
    releaseLock();
  }
}

async function takeLock() {
  process.on('exit', releaseLock);
  for (let said = false; ; await new Promise(done => setTimeout(done, 200))) {
    try {
      writeFileSync(pidFile, `${process.pid} ${startTick(process.pid)}`, { flag: 'wx' });
      holdsLock = true;
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') return; // A folder that cannot be written: npm will fail on it, and that is told.
    }
    const holder = lockHolder(pidFile);
    if (holder === null) removeStaleLock();
    else if (!said) {
      process.stderr.write(`Another start (pid ${holder}) is installing the packages: waiting for it …\n`);
      said = true;
    }
  }
}

/** Null where the holder is gone: killed, or the machine was. One that has only just made the file may not have written it. */
function lockHolder(path) {
  try {
    const [pid, tick = ''] = readFileSync(path, 'utf8').split(' ');
    if (!(Number(pid) > 0)) return Date.now() - statSync(path).mtimeMs < 5000 ? 'unknown' : null;
    process.kill(Number(pid), 0);
    return tick === '' || tick === startTick(pid) ? pid : null;
  } catch (error) {
    if (error.code === 'EPERM') return 'of another user';
    if (error.code === 'ESRCH' || error.code === 'ENOENT') return null;
    throw error;
  }
}

/** By which a process is told from a later one with its number; nothing where the system does not tell. */
function startTick(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return '';
    throw error;
  }
}

/** Moved first: where another start was quicker and it is that one's new lock, it is put back. */
function removeStaleLock() {
  const aside = `${pidFile}.${process.pid}`;
  try {
    renameSync(pidFile, aside);
    if (lockHolder(aside) === null) rmSync(aside, { force: true });
    else renameSync(aside, pidFile);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

function releaseLock() {
  if (holdsLock) rmSync(pidFile, { force: true });
  holdsLock = false;
}

async function install() {
  process.stderr.write('Installing the packages of package-lock.json (once; it takes a minute) …\n');
  const { code, said } = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    // Its script would download GPU libraries, which are not used; the CPU's lie in the package.
    ONNXRUNTIME_NODE_INSTALL: 'skip',
    // The tools of `npm test` are part of the checkout, whatever the environment is called.
    NODE_ENV: '',
    npm_config_omit: '',
  });
  if (code !== 0) fail(explain(said));
  if (!existsSync(node)) {
    fail(
      `npm installed no Node 24 into ${node}: its install script did not run. Run \`npm ci\` in ${root} with install scripts allowed, then try again.`,
    );
  }
  if (!isInstalled()) {
    fail(
      `npm ci ended well, but node_modules is not what package-lock.json asks for: delete ${root}/node_modules and try again.`,
    );
  }
}

/** ./holdfast compares the two files' ages only, which is quicker. Where this user may not say so, it asks again. */
function markFresh() {
  try {
    utimesSync(installedLock, new Date(), new Date());
  } catch (error) {
    if (error.code !== 'EACCES' && error.code !== 'EPERM' && error.code !== 'EROFS') throw error;
  }
}

/** Runs a program in the checkout and keeps what it says; passes signals on, so that it never outlives us. */
function run(command, commandArgs, environment) {
  return new Promise(done => {
    const child = spawn(command, commandArgs, {
      cwd: root,
      env: Object.assign({}, process.env, environment),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.on('data', chunk => (said += chunk));
    child.stderr.on('data', chunk => (said += chunk));
    const release = passSignals(child);
    child.on('error', error => {
      if (error.code !== 'ENOENT') fail(`${command} could not be run: ${error.message}`);
      fail(`${command} is not on PATH: install Node 20.19 or newer with npm.`);
    });
    child.on('close', (code, signal) => {
      release();
      if (signal !== null) process.exit(128 + constants.signals[signal]);
      done({ code, said });
    });
  });
}

const networkCodes =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENETUNREACH|EHOSTUNREACH|FETCH_ERROR|EIDLETIMEOUT|ENOTCACHED)$/;

/** One sentence out of what npm wrote. */
function explain(said) {
  const match = /npm (?:error|ERR!) code (\S+)/.exec(said);
  const code = match === null ? '' : match[1];
  if (networkCodes.test(code)) {
    return `The npm registry cannot be reached (${code}), so Holdfast's packages cannot be installed: connect to the network, or set npm's registry or proxy, then try again.`;
  }
  if (code === 'ENOSPC') {
    return `The disk is full: ${root}/node_modules needs about 1.5 GB. Free some space, then try again.`;
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return `This user may not write ${root}/node_modules (${code}): start as the user who owns the checkout, or clone it anew.`;
  }
  const lines = said.split('\n').filter(line => /npm (?:error|ERR!)/.test(line));
  return `npm ci failed in ${root}:\n${lines.slice(0, 12).join('\n') || said.trim()}`;
}

function handOver() {
  const entry = entries[name];
  if (entry === undefined)
    fail(`bootstrap.mjs takes ${Object.keys(entries).join(', ')} or install, not ${name}.`);
  // npm changes to the checkout's folder; a relative --data means the folder in which the command was given.
  const asked = process.env.INIT_CWD;
  const cwd = name === 'start' && asked !== undefined && existsSync(asked) ? asked : root;
  const stdio = ['inherit', 'inherit', 'inherit'];
  // By the channel `start` notices when this process is killed.
  if (name === 'start') stdio.push('ipc');
  const env = Object.assign({ NODE_COMPILE_CACHE: compileCache }, process.env);
  const child = spawn(node, [join(root, entry)].concat(args), { cwd, env, stdio });
  passSignals(child);
  child.on('error', error =>
    fail(`${node} cannot be run (${error.message}): delete node_modules and try again.`),
  );
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.stderr.write(`holdfast ${name} was ended by ${signal}.\n`);
    process.exit(128 + constants.signals[signal]);
  });
}

function passSignals(child) {
  const listeners = ['SIGINT', 'SIGTERM', 'SIGHUP'].map(signal => {
    const pass = () => child.kill(signal);
    process.on(signal, pass);
    return () => process.removeListener(signal, pass);
  });
  return () => listeners.forEach(remove => remove());
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
