import type { Image } from '../../artifacts/artifact.js';
import { imageSamples } from '../../artifacts/image-samples.js';
import { needIn } from '../../artifacts/need.js';
import type { Machine } from '../../room/machine.js';
import { allMachines } from '../../room/room.js';
import type { SourceTrial } from '../../trial/network-proof.js';
import { placeOf } from '../../trial/sample-answer.js';
import type { Sight } from '../sight/sight.js';
import { someOf } from '../wording.js';
import { finding } from './entries.js';
import type { SourcesFinding } from './entries.js';
import { sourceOf, troublesOf } from './troubles.js';
import type { Trouble } from './troubles.js';

export const SET_NAME_SERVER =
  'connect it to a network with DHCP, or set a name server in its network settings';

/** What is seen of the sources. */
export interface SourcesSeen extends Pick<Sight, 'config' | 'supply'> {
  readonly sources: readonly SourceTrial[];
}

/** Whom a finding is about; `undefined`: the room. */
type Who = Machine | undefined;

interface Tried {
  readonly machine: Machine;
  readonly sources: ReadonlySet<string>;
  readonly troubles: readonly Trouble[];
}

/**
 * What the trials of package and image sources came to. What all machines that tried a source say alike is said once, about the room; what
 * the parent alone needs is told with it, where the room is told the same of another source.
 */
export function downloads(seen: SourcesSeen): readonly SourcesFinding[] {
  const tried = allMachines(seen.config.room).flatMap((machine): readonly Tried[] => {
    const own = seen.sources.filter((t) => t.machine === machine.name);
    return own.length === 0
      ? []
      : [{ machine, sources: new Set(own.map(sourceOf)), troubles: troublesOf(own) }];
  });
  const shared = sharedBy(tried);
  const isShared = (t: Trouble): boolean => shared.some((s) => isSame(s, t));
  return [
    ...say(seen, undefined, shared),
    ...tried.flatMap(({ machine, troubles }) =>
      say(
        seen,
        machine,
        troubles.filter((t) => !isShared(t)),
      ),
    ),
  ];
}

function sharedBy(tried: readonly Tried[]): readonly Trouble[] {
  if (tried.length < 2) return [];
  const troubles = tried.flatMap((t) => t.troubles);
  const once = troubles.filter((t, i) => troubles.findIndex((o) => isSame(o, t)) === i);
  const ofAll = (t: Trouble, least: number): boolean => {
    const who = tried.filter((other) => other.sources.has(t.source));
    return who.length >= least && who.every((other) => other.troubles.some((o) => isSame(o, t)));
  };
  const several = once.filter((t) => ofAll(t, 2));
  return once.filter(
    (t) =>
      several.includes(t) || (ofAll(t, 1) && several.some((s) => s.code === t.code && s.about === t.about)),
  );
}

function isSame(a: Trouble, b: Trouble): boolean {
  return a.code === b.code && a.about === b.about && a.what === b.what;
}

/** One finding for all troubles of a kind that somebody makes. */
function say(seen: SourcesSeen, about: Who, troubles: readonly Trouble[]): readonly SourcesFinding[] {
  const { config, supply } = seen;
  // Who is sent everything needs little from outside, and may have it already.
  const severity = supply.fetched ? 'stops' : 'hurts';
  const lacks = lackedBehind(seen, about, troubles);
  const kinds = troubles.filter(
    (t, i) => troubles.findIndex((o) => o.code === t.code && o.about === t.about) === i,
  );
  return kinds.map(({ code, about: who }) => {
    const list = troubles.filter((t) => t.code === code && t.about === who).map((t) => t.what);
    const words = WORDS[code](someOf([...new Set(list)].sort()), who, about === undefined);
    if (lacks.length === 0) return finding(code, severity, about, words);
    return finding('K-BUNDLE', 'stops', about, {
      evidence: `${supply.called} has no image of ${lackInWords(lacks, config)}, and elsewhere it cannot be had: ${words.evidence}`,
      remedy: lacks.some((i) => i.neededBy.networks !== undefined)
        ? `${MAKE_AGAIN}, or ${OTHER_NETWORK}`
        : MAKE_AGAIN,
    });
  });
}

const MAKE_AGAIN = 'run `kmon bundle make` again with this kmon.yaml where there is Internet';
const OTHER_NETWORK =
  'set `network: routes` below `kubernetes:` in kmon.yaml (`vxlan` where the machines are not on one LAN), which needs no image';

/** The images that are not sent, and that these troubles keep from coming. */
function lackedBehind(
  { config, supply }: SourcesSeen,
  about: Who,
  troubles: readonly Trouble[],
): readonly Image[] {
  const asked = new Set(troubles.map((t) => t.source));
  return supply
    .lacking(needIn(config, about?.role ?? 'parent'))
    .filter((image) => imageSamples([image], config.mirrors).some(({ url }) => asked.has(placeOf(url))));
}

/** "flannel, flannel-cni-plugin (for `network: flannel`)" */
function lackInWords(images: readonly Image[], { kubernetes }: Sight['config']): string {
  const reasons = images.map(({ neededBy }) => {
    if (neededBy.addon !== undefined) return `for the add-on ${neededBy.addon}`;
    if (neededBy.networks !== undefined) return `for \`network: ${kubernetes.network}\``;
    return neededBy.profiles === undefined ? 'for Kubernetes itself' : 'for the monitoring';
  });
  return [...new Set(reasons)]
    .map((reason) => {
      const names = images.filter((_, i) => reasons[i] === reason).map((i) => i.name);
      return `${someOf(names)} (${reason})`;
    })
    .join(', ');
}

interface Words {
  readonly evidence: string;
  readonly remedy: string;
  readonly cause?: string;
}

const WORDS: Readonly<Record<Trouble['code'], (list: string, who: string, room: boolean) => Words>> = {
  'K-DNS': (list, _, room) => ({
    evidence: `no name is resolved (${list})`,
    remedy: room ? 'connect the room to the Internet, or name a bundle in kmon.yaml' : SET_NAME_SERVER,
  }),
  'K-SOURCE': (list) => ({
    evidence: list,
    // A repository that answers and lacks the file has no such version, or is a mirror that does not have it yet.
    remedy: `${/ answers 40[34] .* to \//.test(list) ? 'see whether it has the version that kmon.yaml asks for (a mirror may lack it); otherwise ' : ''}ask who runs the network to let these through, use another one, or name a bundle in kmon.yaml`,
  }),
  'K-TLS': (list, who, room) => distrusted(list, who, room),
  'K-PROXY-LOGIN': (list, who, room) => ({
    evidence: `${who} wants a name and a password (for ${list})`,
    remedy: `write them into the address of the proxy where it stands on ${room ? 'each' : 'that'} machine (/etc/environment, /etc/apt/apt.conf.d): http://NAME:PASSWORD@${who}`,
  }),
  'K-PORTAL': (list, who, room) => ({
    evidence: `a page comes in place of what is asked for (${list})${who === '' ? '' : `, from ${who}`}`,
    remedy: `open a page in the browser of ${room ? 'each' : 'that'} machine, do what the network asks for, then run \`kmon check\` again`,
  }),
};

function distrusted(list: string, who: string, room: boolean): Words {
  const machine = room ? 'each machine' : 'that machine';
  if (who.startsWith('the machine')) {
    return {
      evidence: `no certificate can be judged (${list}): ${who}`,
      cause: 'the package ca-certificates is not installed',
      remedy: `install it on ${machine}: sudo apt install ca-certificates`,
    };
  }
  if (who.startsWith('the certificate')) {
    return {
      evidence: `${who} (${list})`,
      cause: "the machine's clock is wrong, or whoever shows the certificate has not renewed it",
      remedy: `see whether the date of ${machine} is right, and correct it`,
    };
  }
  const [them, trust] = room ? ['the machines', 'do not trust'] : ['the machine', 'does not trust'];
  const whom = who === '' ? `signed by somebody whom ${them} ${trust}` : `${who}, whom ${them} ${trust}`;
  return {
    evidence: `certificates are ${whom} (${list})`,
    remedy: `ask who runs the network for the certificate of that authority, put it on ${machine} as a .crt into /usr/local/share/ca-certificates and run \`sudo update-ca-certificates\`, or name a bundle in kmon.yaml`,
  };
}
