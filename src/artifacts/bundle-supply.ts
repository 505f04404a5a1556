import type { Bundle, BundlePart } from '../bundle/bundle.js';
import { bundlePartFile, fileName, findImage, findProgram, isImage, partsFor } from '../bundle/parts.js';
import type { MirrorsConfig } from '../config/config.js';
import { MIRRORS } from '../config/sections/mirrors.js';
import { KMON_BIN, KMON_CNI, KMON_FOLDER } from '../config/names.js';
import { architectureInWords } from './architecture.js';
import { purposeOf } from './artifact.js';
import type { AptPackage, AptSourceName, Chart, Program, Purpose } from './artifact.js';
import { KUBE_PROMETHEUS_STACK } from './charts.js';
import { imageSamples, registryMirrorsBy } from './image-samples.js';
import { IMAGES, published } from './images.js';
import { isNeeded, isOptional } from './need.js';
import { lacksPackages, onlineSupply, onlineSupplyBy } from './online-supply.js';
import { DOCKERS_CONTAINERD } from './packages.js';
import { CONTAINERD, PROGRAMS, SENT_BY_SOME } from './programs.js';
import type { ImageArchive, ProgramSource, SentFile, Supply } from './supply.js';

/** Whose packages a bundle makes needless. Everything else comes from the mirror that the machine is used to, or is there already. */
const REPLACED: readonly (AptSourceName | undefined)[] = ['kubernetes', 'helm'];

/** What is the same whatever is in the bundle. */
const ANY_BUNDLE = {
  called: 'the bundle',
  fetched: false,
  // kmon's own: nothing on the owner's PATH is touched.
  programFolder: KMON_BIN,
} satisfies Partial<Supply>;

/**
 * A bundle that is at hand: its programs, charts and images are sent to the machines. `mirrors`: of the registries that images come from which
 * are not in it.
 */
export function bundleSupply(bundle: Bundle, mirrors: MirrorsConfig = MIRRORS): Supply {
  const image: Supply['image'] = ({ name }) => findImage(bundle, name);
  const lacking: Supply['lacking'] = (need) =>
    IMAGES.filter((i) => isNeeded(i, need) && !isOptional(i) && image(i) === undefined);
  return {
    ...ANY_BUNDLE,
    program: (wanted) => programOf(bundle, wanted),
    packages: (wanted) => ({
      names: wanted.flatMap((p) => packagesInPlaceOf(bundle, p)).map((p) => p.name),
      sources: [],
    }),
    image,
    lacking,
    samples: (need) => imageSamples(lacking(need), mirrors),
    registryMirrors: registryMirrorsBy(mirrors),
    indispensable: (wanted) => image(wanted) ?? published(wanted),
    chart: (wanted) => {
      const part = chartIn(bundle, wanted);
      return part === undefined
        ? onlineSupplyBy(mirrors).chart(wanted)
        : {
            comesAs: 'file',
            path: pathOf(part),
            sha256: sha256Of(part),
            file: bundlePartFile(bundle, part),
          };
    },
    profile: chartIn(bundle, KUBE_PROMETHEUS_STACK) === undefined ? 'lite' : 'stack',
    sentTo: (role, purpose, architecture) => {
      const parts = partsFor(bundle, role, architecture).filter((p) => purposeOfPart(p) === purpose);
      return {
        files: parts.filter((p) => p.kind !== 'images').map((p) => sentFile(bundle, p)),
        archives: parts.filter((p) => p.kind === 'images').map((p) => imageArchive(bundle, p)),
      };
    },
    misfit: (architecture) =>
      bundle.architectures.includes(architecture)
        ? undefined
        : {
            evidence: `the machine is ${architectureInWords(architecture)}, the bundle ${bundle.architectures.join(' and ')}`,
            remedy: `name a bundle for ${architecture} in kmon.yaml, or none`,
          },
  };
}

/**
 * A bundle that kmon.yaml names and that need not be at hand, for commands that install nothing: a teardown works without the stick the
 * bundle came on. Nothing is known of what is in it, so nothing is said to be lacking, and nothing can be sent.
 */
export const absentBundle: Supply = {
  ...ANY_BUNDLE,
  program: ({ name }) => ({ path: `${KMON_BIN}/${name}`, comesAs: 'file', origin: 'the bundle' }),
  packages: () => ({ names: [], sources: [] }),
  image: published,
  lacking: () => [],
  samples: () => [],
  registryMirrors: [],
  indispensable: published,
  chart: (wanted) => onlineSupply.chart(wanted),
  profile: undefined,
  sentTo: () => ({ files: [], archives: [] }),
  misfit: lacksPackages,
};

function chartIn(bundle: Bundle, { name }: Chart): BundlePart | undefined {
  return bundle.parts.find((p) => p.kind === 'chart' && p.name === name);
}

function programOf(bundle: Bundle, wanted: Program): ProgramSource {
  const part = findProgram(bundle, wanted.name);
  if (part === undefined && SENT_BY_SOME.includes(wanted)) return onlineSupply.program(wanted);
  return {
    path: part === undefined ? `${KMON_BIN}/${wanted.name}` : pathOf(part),
    comesAs: 'file',
    origin: 'the bundle',
    ...(part === undefined ? {} : { version: part.version }),
  };
}

/**
 * What a bundle does not bring is the distribution's, containerd too: no source is added. Docker's containerd, which the owner may have
 * already, is left to the stage that looks for it.
 */
function packagesInPlaceOf(bundle: Bundle, wanted: AptPackage): readonly AptPackage[] {
  if (REPLACED.includes(wanted.source)) return [];
  const ofDistribution = wanted === DOCKERS_CONTAINERD ? CONTAINERD.package : wanted;
  const sent = SENT_BY_SOME.find(
    (p) => p.package === ofDistribution && programOf(bundle, p).comesAs === 'file',
  );
  return sent === undefined ? [ofDistribution] : (sent.alone ?? []);
}

/** An archive is of one piece: the node needs it when it needs one of its images, add-ons before a command. What is not known by name may be needed by any. */
function purposeOfPart({ kind, name, images }: BundlePart): Purpose {
  if (kind === 'chart') return 'addons';
  const known =
    kind === 'binary'
      ? PROGRAMS.filter((p) => p.name === name)
      : images.map((ref) => IMAGES.find((i) => isImage(ref, i.name)));
  const all = known.map((artifact) => (artifact === undefined ? 'node' : purposeOf(artifact)));
  const [first] = all;
  if (first === undefined || all.includes('node')) return 'node';
  return all.every((p) => p === first) ? first : 'addons';
}

/** Where a program, a plugin or a chart lies on a machine. Images go straight into containerd. */
function pathOf(part: BundlePart): string {
  const name = fileName(part);
  if (part.kind !== 'binary') return `${KMON_FOLDER}/charts/${name}`;
  return `${/(?:^|\/)cni\/[^/]*$/.test(part.file) ? KMON_CNI : KMON_BIN}/${name}`;
}

function sentFile(bundle: Bundle, part: BundlePart): SentFile {
  const { name, version, sizeBytes } = part;
  return {
    name,
    version,
    file: bundlePartFile(bundle, part),
    path: pathOf(part),
    mode: part.kind === 'binary' ? '755' : '644',
    packed: part.unpacked !== undefined,
    sizeBytes,
    sha256: sha256Of(part),
  };
}

/** Of the file that a machine has in the end. */
function sha256Of({ sha256, unpacked }: BundlePart): string {
  return unpacked?.sha256 ?? sha256;
}

function imageArchive(bundle: Bundle, part: BundlePart): ImageArchive {
  const { name, sizeBytes, images } = part;
  return { name, file: bundlePartFile(bundle, part), sizeBytes, images };
}
