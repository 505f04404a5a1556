import type { Observed } from '../../room/machine.js';
import type { Sight, ObservedSeen } from '../sight/sight.js';
import { catalogue, subject } from '../subject.js';
import type { FindingOf } from '../subject.js';

const { entries, finding } = catalogue({
  'K-OBSERVED': {
    title: 'The exporter of an observed computer does not answer',
    severities: ['note'],
    cause: 'it is not running, or the firewall there drops what comes from the room',
    remedy: 'start the exporter there and open its port, with the commands that `kmon check` prints',
    fix: 'opens the port of the exporter in the firewall of a Windows or macOS computer, for the network of the room only',
  },
});

/** Exporters of observed computers that the parent cannot ask. A closed SSH is none: nothing is done there but to look. */
function silent(sight: Sight): readonly FindingOf<keyof typeof entries>[] {
  return (sight.observed ?? []).flatMap((seen) => {
    const computer = sight.config.room.observed.find((o) => o.name === seen.name);
    if (computer === undefined || seen.exporter === 'open' || seen.exporter === 'untried') return [];
    const said = sayOf(computer, seen);
    return [finding('K-OBSERVED', 'note', computer, { ...said, fixable: isFixable(seen) })];
  });
}

/**
 * kmon could open the firewall there, and that would help: the exporter runs, and the firewall is on. Whether the user may is seen when it
 * is tried, unless it is known that he may not.
 */
function isFixable({ look }: ObservedSeen): boolean {
  return (
    look !== undefined &&
    look.listening &&
    look.firewall === 'on' &&
    !look.opened &&
    look.futile === undefined &&
    look.mayChange !== false
  );
}

interface Said {
  readonly evidence: string;
  readonly remedy: string;
  readonly cause?: string;
}

const TYPE = 'with the commands that `kmon check` prints';

function sayOf({ address, exporterPort }: Observed, seen: ObservedSeen): Said {
  const { look, system, elsewhere } = seen;
  const at = `${address}:${exporterPort}`;
  const on = system === undefined ? '' : `; it runs ${system.name}`;
  if (elsewhere !== undefined) {
    return {
      evidence: `no exporter answers at ${at}, but one at port ${elsewhere}`,
      cause: 'kmon.yaml names another port than the exporter has',
      remedy: `write exporter: ${elsewhere} for it in kmon.yaml`,
    };
  }
  const evidence = `no exporter answers at ${at}${HOW[seen.exporter]}${on}`;
  if (look === undefined) {
    return {
      evidence,
      remedy:
        system === undefined
          ? `start an exporter there (node_exporter, windows_exporter) and let the parent reach port ${exporterPort}`
          : `start the exporter there and open its port, ${TYPE}`,
    };
  }
  if (!look.listening) {
    return {
      evidence,
      cause: `no program there listens on port ${exporterPort} for the network`,
      remedy: `start the exporter there, ${TYPE}`,
    };
  }
  if (look.futile !== undefined) {
    return {
      evidence,
      cause: look.futile,
      remedy: 'ask the administrators of that computer to open the port',
    };
  }
  if (look.firewall === 'on' && !look.opened) {
    return {
      evidence,
      cause: 'the exporter runs, and the firewall there lets nobody in',
      remedy: `open its port, ${TYPE}`,
    };
  }
  return {
    evidence,
    cause: 'the exporter runs, and something between it and the parent drops what is sent',
    remedy: 'connect both to the same network; look for a second firewall or a VPN on that computer',
  };
}

const HOW: Readonly<Record<ObservedSeen['exporter'], string>> = {
  open: '',
  untried: '',
  silent: ' (silence)',
  refused: ' (refused)',
  'no-route': ' (no way there)',
};

/** The exporters of computers that are only watched. */
export const exporter = subject({ entries, ofRoom: [silent] });
