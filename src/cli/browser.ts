import { reads } from '../shell/command.js';
import { localTransport } from '../transport/local.js';

/** Whether there is a screen for a browser. */
export function hasDisplay(env: NodeJS.ProcessEnv): boolean {
  return [env['DISPLAY'], env['WAYLAND_DISPLAY']].some((display) => (display ?? '') !== '');
}

/** Opens the page in the user's own browser, which lives on when kmon ends. Resolves to whether that began; never rejects. */
export async function openInBrowser(url: string): Promise<boolean> {
  const transport = localTransport('this computer');
  const open = reads`command -v xdg-open >/dev/null && setsid -f xdg-open ${url} >/dev/null 2>&1 </dev/null`;
  const begun = await transport.exec(open.script, { timeoutMs: 5000 }).catch(() => undefined);
  return begun?.exitCode === 0;
}
