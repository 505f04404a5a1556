import { PORTS } from '../room/ports.js';

/** What to do about other programs' messages. Ordered: the first that fits speaks. */
interface Hint {
  readonly id: string;
  readonly when: RegExp;
  readonly say: (machine: string) => string;
}

/** Few, and only where the program's own message does not say what to do. All messages are those of the C locale. */
export const HINTS: readonly Hint[] = [
  {
    id: 'package-lock',
    when: /Could not get lock \/var\/lib\/(?:dpkg|apt)|Unable to acquire the dpkg frontend lock/,
    say: (m) =>
      `another package manager is at work on ${m}: wait until it has finished (ps -C apt,apt-get,dpkg,unattended-upgr), then run the command again`,
  },
  {
    id: 'package-state',
    when: /dpkg was interrupted|Unmet dependencies/,
    say: (m) =>
      `repair the packages on ${m} (sudo dpkg --configure -a && sudo apt-get -f install), then run the command again`,
  },
  {
    // A registry's or a repository's, asked by its name. That of the API server is another matter: see below.
    id: 'intercepted',
    when: /https:\/\/[^\s"]+\/v2\/.*x509: certificate signed by unknown authority|The certificate issuer is unknown/,
    say: (m) =>
      `what stands between ${m} and the Internet (a school's proxy) opens encrypted connections: have ${m} trust its authority (a .crt in /usr/local/share/ca-certificates, then sudo update-ca-certificates), or name a bundle in kmon.yaml`,
  },
  {
    id: 'image-absent',
    when: /failed to pull image .*: not found/,
    say: () =>
      'see whether a mirror or a filter answers in the place of that registry, since it has the image, and run the command again, or name a bundle in kmon.yaml',
  },
  {
    id: 'proxy-login',
    when: /407 Proxy Authentication Required/,
    say: (m) =>
      `write the name and the password into the proxy's address where ${m} has it (http://NAME:PASSWORD@HOST:PORT: Acquire::https::Proxy in /etc/apt/apt.conf.d, https_proxy in /etc/environment), or name a bundle in kmon.yaml`,
  },
  {
    id: 'cut-off',
    when: /Failed to fetch .*(?:Error reading from server|Connection reset by peer|Remote end closed connection|unexpected size)/,
    say: (m) =>
      `the line of ${m} breaks off: run the command again, which goes on from what has come, on a better line if need be, or name a bundle in kmon.yaml`,
  },
  {
    id: 'package-download',
    when: /Temporary failure resolving|Could not resolve '|Failed to fetch|Could not connect to/,
    say: (m) =>
      `give ${m} a way to its package server; a bundle spares Kubernetes' own packages alone, not those of the distribution`,
  },
  {
    id: 'disk-full',
    when: /No space left on device|not enough free space/i,
    say: (m) => `free some disk space on ${m} (df -h; sudo apt-get clean)`,
  },
  {
    id: 'read-only',
    when: /Read-only file system/,
    say: (m) => `look at the disk of ${m} (sudo dmesg | tail): its file system was made read-only`,
  },
  {
    id: 'protected',
    when: /Operation not permitted/,
    say: (m) =>
      `see on ${m} what protects that from root (lsattr shows an i for a file: sudo chattr -i takes it away), and run the command again`,
  },
  {
    id: 'api-refused',
    when: new RegExp(
      String.raw`connection to the server \S+:${PORTS.apiServer.port} was refused|:${PORTS.apiServer.port}: connect: connection refused`,
    ),
    say: () =>
      'see whether the API server runs on the parent (kmon status), and what it said last: sudo sh -c "tail -n 20 /var/log/pods/kube-system_kube-apiserver*/*/*.log" there',
  },
  {
    id: 'clock',
    when: /x509: certificate has expired or is not yet valid/,
    say: (m) => `set the clock of ${m} (timedatectl), it differs from the parent's`,
  },
  {
    id: 'foreign-authority',
    when: /x509: certificate signed by unknown authority/,
    say: (m) => `${m} belongs to another cluster, or to an earlier one: run \`kmon teardown\` for it first`,
  },
  {
    id: 'port-taken',
    when: /Port \d+ is in use|address already in use/,
    say: (m) => `stop what holds the port on ${m} (sudo ss -ltnp shows it)`,
  },
];

/** The remedy for what a failed command wrote, if it is a known one. */
export function hintFor(output: string, machine: string): string | undefined {
  return HINTS.find((hint) => hint.when.test(output))?.say(machine);
}
