/** Why something could not be fetched, in the words of who refused it. */
export class Trouble extends Error {
  override readonly name = 'Trouble';
  /** What the server answered; absent: there was no answer. */
  readonly status: number | undefined;

  constructor(message: string, status?: number, cause?: unknown) {
    super(message, { cause });
    this.status = status;
  }
}

/** What a newer Node.js says behind the reason, to whoever has started it. */
const NODES_ADVICE = /; if the root CA is installed locally, try running Node\.js with --\S+/;

/** Anything that was thrown on the way, as trouble with that host, which it names. */
export function troubleWith(host: string, thrown: unknown): Trouble {
  const said = (thrown instanceof Error ? thrown.message : String(thrown)).replace(NODES_ADVICE, '');
  const status = thrown instanceof Trouble ? thrown.status : undefined;
  return said.includes(host) && thrown instanceof Trouble
    ? thrown
    : new Trouble(said.includes(host) ? said : `${host}: ${said}`, status, thrown);
}
