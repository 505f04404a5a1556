import type {
  EchoTrial,
  ForeignTrial,
  NetworkProof,
  PortTrial,
  SourceTrial,
  SpeedTrial,
} from './network-proof.js';
import type { Counted, Tried } from './answers.js';

/** What the machines answered, as it came: by the name of the machine that answered. */
export interface RawTrials {
  /** Names in the order of the numbers by which packets name their sender. */
  readonly names: readonly string[];
  readonly tried: ReadonlyMap<string, Tried>;
  readonly counted: ReadonlyMap<string, Counted>;
  readonly speeds: readonly SpeedTrial[];
  readonly sources: readonly SourceTrial[];
  readonly untried: NetworkProof['untried'];
}

/** Puts together what both ends of every way saw. */
export function proofOf(raw: RawTrials, overlayPort: number): NetworkProof {
  const foreign = [...raw.tried].flatMap(([from, tried]) =>
    tried.foreign.map(({ peer, ...trial }): ForeignTrial => {
      const to = raw.names[peer] ?? '';
      const arrived = raw.counted.get(to)?.get(raw.names.indexOf(from))?.foreign ?? 0;
      return { from, to, ...trial, arrived };
    }),
  );
  return {
    ports: [...raw.tried].flatMap(([from, { ports }]) =>
      ports.map(({ peer, ...trial }): PortTrial => ({ from, to: raw.names[peer] ?? '', ...trial })),
    ),
    echoes: [...raw.tried].flatMap(([from, { echoes }]) =>
      echoes.map(({ peer, ...trial }): EchoTrial => {
        const to = raw.names[peer] ?? '';
        const there = raw.counted.get(to)?.get(raw.names.indexOf(from));
        return {
          from,
          to,
          port: overlayPort,
          ...trial,
          // A listener that could not be asked any more: what came back must have arrived.
          arrived: Math.max(there?.packets ?? 0, trial.answered),
          ...(there?.largest === undefined ? {} : { mtuThere: there.largest }),
        };
      }),
    ),
    // Of a listener that could not be asked any more nothing is known.
    ...withSome(foreign.filter(({ to }) => raw.counted.has(to))),
    speeds: raw.speeds,
    sources: raw.sources,
    untried: raw.untried,
  };
}

function withSome(foreign: readonly ForeignTrial[]): Pick<NetworkProof, 'foreign'> {
  return foreign.length === 0 ? {} : { foreign };
}
