// A program of its own, compiled as kmon is: prints what it finds of kmon's templates, each by the way that kmon takes to it.
import { readOverlay } from '../../src/lab/templates.js';
import { factsCommand } from '../../src/facts/script.js';
import { chartArchive } from '../../src/render/chart-archive.js';
import { readTemplate } from '../../src/render/templates.js';

process.stdout.write(
  JSON.stringify({
    kubeadm: (await readTemplate('kubeadm/init.v1beta4.yaml')).includes('ClusterConfiguration'),
    facts: factsCommand('192.0.2.10').script.includes('\n'),
    chart: (await chartArchive('addons/lite', 'lite')).length > 1000,
    lab: (await readOverlay()).length > 0,
  }),
);
