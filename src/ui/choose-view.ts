import type { View, ViewOptions } from './view.js';

/** The view for where the output goes: JSON lines when asked for, a live list on a terminal, plain lines everywhere else. */
export async function chooseView(options: ViewOptions): Promise<View> {
  if (options.json) return new (await import('./json-view.js')).JsonView(options);
  const isLive = !options.plain && options.stderr.isTTY && options.env['TERM'] !== 'dumb';
  if (isLive) return new (await import('./live-view.js')).LiveView(options);
  return new (await import('./plain-view.js')).PlainView(options);
}
