/**
 * The names that the lab's Internet answers to: those that kmon asks, and those that they send on to, which a school's filter may not know.
 * `templates/lab/internet/nginx.conf` says what each of them serves.
 */
export const INTERNET_NAMES = [
  // Packages.
  'pkgs.k8s.io',
  'prod-cdn.packages.k8s.io',
  'download.docker.com',
  'packages.buildkite.com',
  // A mirror of packages and images.
  'mirror.example',
  // Released files.
  'dl.k8s.io',
  'cdn.dl.k8s.io',
  'github.com',
  'release-assets.githubusercontent.com',
  'raw.githubusercontent.com',
  'get.helm.sh',
  // Images.
  'registry.k8s.io',
  'europe-west1-docker.pkg.dev',
  'quay.io',
  'cdn01.quay.io',
  'ghcr.io',
  'pkg-containers.githubusercontent.com',
  'registry-1.docker.io',
  'auth.docker.io',
  'production.cloudfront.docker.com',
] as const;

/** The name of its machine in a lab. */
export const INTERNET = 'internet';
