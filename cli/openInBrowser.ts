import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';

/** What opens a page on each system; Linux has it only where there is a screen. */
const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Shows a file in the system's browser. @returns false where there is none, or it would not start */
export async function openInBrowser(path: string): Promise<boolean> {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  const hasScreen = Boolean(DISPLAY ?? WAYLAND_DISPLAY);
  const [command, ...args] = openers[process.platform] ?? ['xdg-open'];
  if (command === 'xdg-open' && !hasScreen) return false;
  return new Promise(done => {
    const child = spawn(command, [...args, pathToFileURL(path).href], { stdio: 'ignore', detached: true });
    child.once('error', () => done(false));
    child.once('exit', code => done(code === 0));
  });
}
