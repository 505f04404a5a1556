/**
 * For `kmon --version`: what the tests of this version ran with. A sentence here and not the tables of versions, since asking for the version
 * loads nothing else; test/unit/here/tested-with.test.ts holds it against them.
 */
export const TESTED_WITH =
  'tested with Kubernetes 1.36.3, containerd 2.4.2, Helm 4.1.4 and kube-prometheus-stack 88.5.3 on Debian 12, from Node.js 20 and 26';
