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
        affinity: onChildren(c),
      }),
      ...(part.listens === undefined ? [] : [renderTemplate(service, serviceOf(part.name, part.listens))]),
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
): Readonly<Record<string, TemplateValue>> {
  const isShown = name === WEBUI;
  return {
    name,
    type: isShown ? 'NodePort' : 'ClusterIP',
    ports: [
      {
        name: 'http',
        port: as,
        targetPort: on,
        ...(isShown ? { nodePort: PORTS.dockercoins.port } : {}),
      },
    ],
  };
}

/** By the name of the parent, since a taint may be taken away. A cluster that is no room may have one machine only. */
function onChildren({ cluster, config }: Context): TemplateValue {
  if (cluster.context !== undefined) return {};
  const isChild = { key: 'metadata.name', operator: 'NotIn', values: [config.room.parent.name] };
  return {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [isChild] }] },
    },
  };
}
