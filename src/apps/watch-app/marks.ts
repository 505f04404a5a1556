/** On a Service that is watched: its own name. By it a ServiceMonitor, the small monitoring and a teardown know it. */
export const WATCH_LABEL = 'kmon/watch';

/** Beside the label: which of its ports, by name, and which path. What the small monitoring goes by; the large one has it in its monitor. */
export const WATCH_PORT = 'kmon/watch-port';
export const WATCH_PATH = 'kmon/watch-path';

/** Label of everything that is measured of a watched application: `namespace/name`. */
export const APP_LABEL = 'kmon_app';

/** The application, as that label and people call it. */
export function appName({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

/** What a Service is marked with, as a patch; `undefined` of a mark: it is taken away. */
export function marks(
  name: string,
  of: { readonly port: string; readonly path: string } | undefined,
): { readonly labels: Marks; readonly annotations: Marks } {
  return {
    labels: { [WATCH_LABEL]: of === undefined ? null : name },
    annotations: { [WATCH_PORT]: of?.port ?? null, [WATCH_PATH]: of?.path ?? null },
  };
}

/** `null`: it is taken away. */
export type Marks = Readonly<Record<string, string | null>>;

/** Whether something has these marks, and no other of these names. */
export function isMarked(
  { labels, annotations }: ReturnType<typeof marks>,
  now: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  },
): boolean {
  const all = (wanted: Marks, has: Readonly<Record<string, string>>): boolean =>
    Object.entries(wanted).every(([key, value]) => (has[key] ?? null) === value);
  return all(labels, now.labels) && all(annotations, now.annotations);
}
