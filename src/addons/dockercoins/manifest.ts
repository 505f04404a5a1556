import { createHash } from 'node:crypto';
import type { Context } from '../../engine/context.js';
import { renderTemplate } from '../../render/render.js';
import type { TemplateValue } from '../../render/render.js';
import { readTemplate } from '../../render/templates.js';
import { PORTS } from '../../room/ports.js';
import { CODE, PARTS, WEBUI } from './parts.js';
import type { Part } from './parts.js';

/** DockerCoins as it should be (namespace `dockercoins`), but for how many pods each part has. */
export async function dockercoinsManifest(c: Context): Promise<string> {
  const code = Object.fromEntries(
    await Promise.all(
      CODE.map(async (name) => [name, await readTemplate(`addons/dockercoins/code/${name}`)] as const),
    ),
  );
  const digest = createHash('sha256').update(JSON.stringify(code)).digest('hex').slice(0, 16);
  const deployment = await readTemplate('addons/dockercoins/part.yaml');
  const service = await readTemplate('addons/dockercoins/service.yaml');
  return [
    renderTemplate(await readTemplate('addons/dockercoins/code.yaml'), { code }),
    ...PARTS.flatMap((part) => [
      renderTemplate(deployment, {
        name: part.name,
        container: containerOf(part, c),
        digest,
        ...whereIs(part, c),
      }),
      ...(part.listens === undefined ? [] : [renderTemplate(service, serviceOf(part.name, part.listens, c))]),
    ]),
  ].join('---\n');
}

function containerOf(
  { name, image, command, listens, cpu, memory }: Part,
  { supply }: Context,
): Readonly<Record<string, TemplateValue>> {
  return {
    name,
    image: supply.indispensable(image),
    imagePullPolicy: 'IfNotPresent',
    command,
    ...(listens === undefined
      ? {}
      : {
          ports: [{ name: 'http', containerPort: listens.on }],
          // Whether somebody listens, and no request: rng would have it wait in line.
          readinessProbe: { tcpSocket: { port: listens.on }, periodSeconds: 2 },
        }),
    resources: {
      requests: { cpu: cpu.request, memory: memory.request },
      limits: { cpu: cpu.limit, memory: memory.limit },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'code', mountPath: '/code', readOnly: true }],
  };
}

function serviceOf(
  name: string,
  { on, as }: NonNullable<Part['listens']>,
  { cluster }: Context,
): Readonly<Record<string, TemplateValue>> {
  // On a cluster of others nobody is told of a port of its machines, so none is opened.
  const isShown = name === WEBUI && cluster.context === undefined;
  const port = { name: 'http', port: as, targetPort: on };
  const selector = { app: name };
  if (!isShown) return { name, spec: { type: 'ClusterIP', selector, ports: [port] } };
  return {
    name,
    spec: {
      type: 'NodePort',
      // The port answers on the parent only, not on every child.
      externalTrafficPolicy: 'Local',
      selector,
      ports: [{ ...port, nodePort: PORTS.dockercoins.port }],
    },
  };
}

/**
 * The page on the parent, whose address the class knows, and all else on the children: by the name of the parent, since a taint may be taken away. A
 * cluster that is no room may have one machine only.
 */
function whereIs({ name }: Part, { cluster, config }: Context): Readonly<Record<string, TemplateValue>> {
  if (cluster.context !== undefined) return { affinity: {}, tolerations: [] };
  const isShown = name === WEBUI;
  const byName = {
    key: 'metadata.name',
    operator: isShown ? 'In' : 'NotIn',
    values: [config.room.parent.name],
  };
  return {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [byName] }] },
      },
    },
    tolerations: isShown
      ? [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }]
      : [],
  };
}
