import { KMON_CONFIG } from './paths.js';

/** What makes the pod network again when a machine starts: files of shell commands, and the unit that runs them. */
export const AT_BOOT = {
  folder: `${KMON_CONFIG}/pod-network`,
  unit: 'kmon-pod-network.service',
  unitFile: '/etc/systemd/system/kmon-pod-network.service',
} as const;

/**
 * Runs every file of the folder, in the order of their names. A network card may get its address long after the start (Wi-Fi): what fails
 * is run again every ten seconds, for half an hour. Nothing goes on running when all is made.
 */
export const podNetworkUnit = `# Written by kmon; \`kmon teardown\` removes it.
[Unit]
Description=Pod network of kmon
After=network.target
StartLimitIntervalSec=3600
StartLimitBurst=180

[Service]
Type=oneshot
ExecStart=/bin/sh -c 'failed=0; for f in ${AT_BOOT.folder}/*; do [ ! -f "$$f" ] || sh "$$f" || failed=1; done; exit $$failed'
Restart=on-failure
RestartSec=10

[Install]
WantedBy=multi-user.target
`;
