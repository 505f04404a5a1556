import { parse } from 'yaml';
import { renderTemplate } from '../../render/render.js';
import { readTemplate } from '../../render/templates.js';
import { apiPath } from '../../tools/kubectl.js';

export const NAMESPACE = 'kube-system';

/** Of every pod of a trial, whoever made it. */
export const LABEL = 'app.kubernetes.io/component=trial';

const JOBS = ['apis', 'batch', 'v1', 'namespaces', NAMESPACE, 'jobs'] as const;

/** Where such Jobs are made. */
export const JOBS_PATH = apiPath(...JOBS);

/** Where one of them is. */
export function jobPath(name: string): string {
  return apiPath(...JOBS, name);
}

/** A Job of one pod on one machine which does nothing, ends after its deadline and then goes by itself. JSON. */
export async function trialPod(o: {
  readonly name: string;
  readonly node: string;
  readonly image: string;
  readonly deadlineSeconds: number;
}): Promise<string> {
  return JSON.stringify(parse(renderTemplate(await readTemplate('trial/pod.yaml'), o)));
}
