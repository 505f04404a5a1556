/** kubectl and helm of somebody who has a cluster: they keep what they were told in a folder, one line a call. */
export const KUBECTL = `#!/bin/sh
echo "kubectl $*" >>"$STATE/calls"
case "$*" in
  *readyz*) [ -e "$STATE/gone" ] && { echo 'error: context "class" does not exist' >&2; exit 1; }; echo ok ;;
  *'/api/v1/nodes') cat "$STATE/nodes.json" ;;
  *'/api/v1/pods?'*) echo '{"items":[]}' ;;
  *'/secrets/'*) [ -e "$STATE/secret" ] ;;
  */prometheuses) cat "$STATE/prometheuses.json" ;;
  *'/api/v1/namespaces/monitoring/services'|*'/api/v1/services'|*'/api/v1/services?fieldSelector=metadata.name%3Dkmon-prometheus') cat "$STATE/services.json" ;;
  *'/apis/apps/v1/daemonsets') cat "$STATE/daemonsets.json" ;;
  *'/api/v1/namespaces') echo '{"items":[]}' ;;
  */scrape_pools) if [ -e "$STATE/release" ]; then cat "$STATE/pools.json"; else echo '{"status":"success","data":{"scrapePools":[]}}'; fi ;;
  */rules) if [ -e "$STATE/release" ]; then cat "$STATE/rules.json"; else echo '{"status":"success","data":{"groups":[]}}'; fi ;;
  *' apply '*) cat >"$STATE/secret" ;;
  *'/deployments/'*|*'/daemonsets/'*) echo '{"spec":{"replicas":1},"status":{"readyReplicas":1,"updatedReplicas":1}}' ;;
  *'/query?'*) cat "$STATE/metrics.json" ;;
  *'/targets?'*) echo '{"status":"success","data":{"activeTargets":[]}}' ;;
  *) echo "unexpected: $*" >&2; exit 9 ;;
esac
`;
/** The same of helm: one release, whose values it keeps. */
export const HELM = `#!/bin/sh
echo "helm $*" >>"$STATE/calls"
case "$*" in
  *' history '*)
    case "$*" in *" history $(cat "$STATE/name" 2>/dev/null) "*) ;; *) false ;; esac || { echo 'Error: release: not found' >&2; exit 1; }
    printf '[{"revision":1,"status":"deployed","chart":"kmon-lite-0.1.0","description":"%s"}]' "$(cat "$STATE/release")" ;;
  *' upgrade --install '*)
    cat >"$STATE/values.json"
    for word; do [ "$before" = --install ] && echo "$word" >"$STATE/name"; before=$word; done
    while [ "$1" != --description ]; do shift; done
    printf %s "$2" >"$STATE/release" ;;
  *) echo "unexpected: $*" >&2; exit 9 ;;
esac
`;

/** The nodes of that cluster. */
export const NAMES = ['cp-1', 'w-1'];

/** As the API tells of one. */
export function node(name: string, i: number): object {
  const labels = i === 0 ? { 'node-role.kubernetes.io/control-plane': '' } : {};
  return {
    metadata: { name, labels },
    spec: {},
    status: {
      addresses: [{ type: 'InternalIP', address: `192.0.2.${i + 1}` }],
      conditions: [{ type: 'Ready', status: 'True', message: '' }],
    },
  };
}

/** What Prometheus answers when both are measured. */
export function metrics(): object {
  const values = { up: 1, cpuRead: 5, memoryRead: 40, load1Read: 0.5 };
  const result = NAMES.flatMap((name) =>
    Object.entries(values).map(([query, value]) => ({
      metric: { kmon_query: query, node: name },
      value: [1767225600, String(value)],
    })),
  );
  return { status: 'success', data: { resultType: 'vector', result } };
}
