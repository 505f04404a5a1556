import type { AlertsConfig, AlertWay, EmailConfig } from '../config/config.js';
import { waysOf } from '../config/sections/alerts.js';
import type { TemplateValue } from '../render/render.js';

/** Who is told what. */
export interface AlertmanagerConfig {
  readonly route: { readonly routes: readonly TemplateValue[]; readonly [key: string]: TemplateValue };
  readonly receivers: readonly { readonly [key: string]: TemplateValue }[];
}

/**
 * The configuration of an Alertmanager of the room, for both profiles: an alert of one kind is one message for all machines; a test is told at
 * once, by itself, and is counted by itself. No secret is in it: each is in a file, which is read anew for every message.
 *
 * @param secretsAt the folder in its container that has the secret of each way under its name
 */
export function alertmanagerConfig(alerts: AlertsConfig, secretsAt: string): AlertmanagerConfig {
  const ways = Object.fromEntries(
    waysOf(alerts).map((way) => [`${way}_configs`, [wayConfig(way, alerts, `${secretsAt}/${way}`)]]),
  );
  return {
    route: {
      receiver: 'room',
      group_by: ['alertname'],
      group_wait: '5s',
      group_interval: '30s',
      repeat_interval: '1h',
      routes: [{ matchers: ['alertname="KmonTest"'], receiver: 'test', group_by: ['...'], group_wait: '0s' }],
    },
    receivers: ['room', 'test'].map((name) => ({ name, ...ways })),
  };
}

const TITLE = '{{ if eq .Status "resolved" }}over: {{ end }}{{ .GroupLabels.alertname }}';
const LINES =
  '{{ range .Alerts }}{{ .Annotations.summary }}{{ with .Annotations.remedy }} ({{ . }}){{ end }}{{ "\\n" }}{{ end }}';

const SUMMARIES = '{{ range $i, $a := .Alerts }}{{ if $i }}, {{ end }}{{ $a.Annotations.summary }}{{ end }}';

function wayConfig(
  way: AlertWay,
  { email }: AlertsConfig,
  secret: string,
): { readonly [key: string]: TemplateValue } {
  const always = { send_resolved: true };
  switch (way) {
    case 'webhook':
      return { url_file: secret, ...always };
    case 'slack':
      return { api_url_file: secret, ...always, title: TITLE, text: LINES };
    case 'pagerduty':
      return { routing_key_file: secret, ...always, description: `${TITLE}: ${SUMMARIES}` };
    case 'email':
      return email === undefined ? always : { ...mailConfig(email, secret), ...always };
  }
}

function mailConfig({ to, from, server, login, tls }: EmailConfig, secret: string) {
  return {
    ...{ to, from, smarthost: server, require_tls: tls },
    ...(login === undefined ? {} : { auth_username: login.user, auth_password_file: secret }),
    headers: { Subject: `kmon: ${TITLE}` },
    // Plain text alone: the page that Alertmanager has for mail speaks of itself more than of the machine.
    html: '',
    text: LINES,
  };
}
