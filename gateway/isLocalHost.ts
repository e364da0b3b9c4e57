/**
 * Whether a Host header names this machine's loopback. A page of another origin whose name was pointed at 127.0.0.1 (DNS
 * rebinding) sends its own name here.
 */
export function isLocalHost(host: string | undefined): boolean {
  const name = (host ?? '').replace(/:\d+$/, '').toLowerCase();
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(name)
  );
}
