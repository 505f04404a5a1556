import { file } from '../file.js';
import { incoming, plainRange } from './system.js';
import type { Opening } from './system.js';
import type { Resource } from '../resource.js';

const HEAD = `<?xml version="1.0" encoding="utf-8"?>
<!-- Written by kmon; kmon teardown removes it. -->
`;

/**
 * The opening as files of kmon's own, which firewalld reads at its next reload or start: a policy for what comes in, before all zones
 * have their say, and a zone that trusts the pods. They change nothing by themselves. The two must not have one name: firewalld then refuses
 * to load anything (NAME_CONFLICT).
 */
export function firewalldFiles(opening: Opening): readonly Resource[] {
  const rules = incoming(opening).map(
    ({ from, protocol, port }) =>
      `  <rule family="ipv4"><source address="${from}"/><port port="${port}" protocol="${protocol}"/><accept/></rule>\n`,
  );
  return [
    file({
      path: '/etc/firewalld/policies/kmon.xml',
      content: `${HEAD}<policy target="CONTINUE" priority="-1090">
  <short>kmon</short>
  <ingress-zone name="ANY"/>
  <egress-zone name="HOST"/>
${rules.join('')}</policy>
`,
    }),
    file({
      path: '/etc/firewalld/zones/kmon-pods.xml',
      content: `${HEAD}<zone target="ACCEPT">
  <short>kmon-pods</short>
  <source address="${plainRange(opening.pods)}"/>
</zone>
`,
    }),
  ];
}
