import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Asked } from './asked.js';
import { Parcel } from './parcel.js';
import type { Label } from './parcel.js';
import type { Draft, Store } from './store.js';
import { Trouble, troubleWith } from './trouble.js';
import type { Fetch } from './upstream.js';

export interface SharedParcels {
  /** Held for who asked. Rejects with `Trouble`. */
  get(asked: Asked): Promise<Parcel>;
  /** Nothing is under way any more. */
  settled(): Promise<void>;
}

/** For so long a host that did not answer is not asked again: who waits for it could have it straight meanwhile. */
const DOWN_MS = 60_000;

/** Each thing once: from the store, from what is just coming, or from where it comes from. */
export function sharedParcels(
  store: () => Promise<Store>,
  fetch: Fetch,
  signal: AbortSignal,
  fetched: (bytes: number) => void,
): SharedParcels {
  const coming = new Map<string, Promise<Parcel>>();
  const underWay = new Set<Promise<void>>();
  const down = new Map<string, { readonly trouble: Trouble; readonly sinceMs: number }>();

  const fetchUnlessDown = async (asked: Asked): Promise<IncomingMessage> => {
    const { hostname } = new URL(asked.url);
    const known = down.get(hostname);
    if (known !== undefined && performance.now() - known.sinceMs < DOWN_MS) throw known.trouble;
    try {
      return await fetch(asked);
    } catch (error) {
      const trouble = troubleWith(hostname, error);
      if (trouble.status === undefined) down.set(hostname, { trouble, sinceMs: performance.now() });
      throw trouble;
    }
  };
  const bring = async (asked: Asked): Promise<Parcel> => {
    const kept = await (await store()).find(asked);
    if (kept !== undefined) {
      coming.delete(asked.name);
      return kept;
    }
    const body = await fetchUnlessDown(asked);
    const draft = await (await store()).begin(asked);
    const parcel = Parcel.coming(labelOf(body), draft.file);
    const work = receive(asked, body, parcel, draft, fetched).then(async (failure) => {
      // From now on it is in the store, or has to be fetched again.
      coming.delete(asked.name);
      await parcel.end(failure);
      underWay.delete(work);
    });
    underWay.add(work);
    return parcel;
  };
  const begin = (asked: Asked): Promise<Parcel> => {
    const brought = bring(asked);
    coming.set(asked.name, brought);
    brought.catch(() => coming.delete(asked.name));
    return brought;
  };

  return {
    async get(asked) {
      for (;;) {
        signal.throwIfAborted();
        const parcel = await (coming.get(asked.name) ?? begin(asked));
        if (parcel.hold()) return parcel;
      }
    },
    async settled() {
      await Promise.allSettled([...coming.values()]);
      await Promise.allSettled(underWay);
    },
  };
}

function labelOf({ headers }: IncomingMessage): Label {
  const { 'content-type': type, 'last-modified': lastModified, 'content-length': length } = headers;
  return {
    ...(type === undefined ? {} : { type }),
    ...(lastModified === undefined ? {} : { lastModified }),
    ...(length === undefined ? {} : { sizeBytes: Number(length) }),
  };
}

/** Resolves to why it is not whole. Never rejects. */
async function receive(
  { url, sha256, begins = '' }: Asked,
  body: IncomingMessage,
  parcel: Parcel,
  draft: Draft,
  fetched: (bytes: number) => void,
): Promise<Trouble | undefined> {
  const sum = createHash('sha256');
  let beginning = '';
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      sum.update(chunk);
      fetched(chunk.length);
      beginning += chunk.toString('latin1', 0, begins.length - beginning.length);
      if (!begins.startsWith(beginning)) throw new Trouble('it is something else than what was asked for');
      await parcel.add(chunk);
    }
    const { sizeBytes } = parcel.label;
    if (sizeBytes !== undefined && sizeBytes !== parcel.sizeBytes) throw new Trouble('it was cut off');
    if (sha256 !== undefined && sum.digest('hex') !== sha256)
      throw new Trouble('it is not what its digest says');
    if (beginning !== begins) throw new Trouble('it is something else than what was asked for');
    await draft.keep({ ...parcel.label, sizeBytes: parcel.sizeBytes });
    return undefined;
  } catch (error) {
    body.destroy();
    await draft.discard().catch(() => undefined);
    return troubleWith(new URL(url).hostname, error);
  }
}
