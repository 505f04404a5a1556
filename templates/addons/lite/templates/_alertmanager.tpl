{{/* Who is told what. An alert of one kind is one message for all machines; a test is told at once, by itself, and is counted by itself. */}}
{{- define "kmon.alertmanagerConfig" -}}
route:
  receiver: room
  group_by: [alertname]
  group_wait: 5s
  group_interval: 30s
  repeat_interval: 1h
  routes:
    - matchers: ['alertname="KmonTest"']
      receiver: test
      group_by: ['...']
      group_wait: 0s
receivers:
  {{- range list "room" "test" }}
  - name: {{ . }}
    {{- include "kmon.ways" $.ways | trim | nindent 4 }}
  {{- end }}
{{- end }}

{{/* Each way with its address, which is read anew for every message. */}}
{{- define "kmon.ways" -}}
{{- if has "webhook" . }}
webhook_configs:
  - url_file: /etc/kmon-addresses/webhook
    send_resolved: true
{{- end }}
{{- if has "slack" . }}
slack_configs:
  - api_url_file: /etc/kmon-addresses/slack
    send_resolved: true
    title: '{{ `{{ if eq .Status "resolved" }}over: {{ end }}{{ .GroupLabels.alertname }}` }}'
    text: '{{ `{{ range .Alerts }}{{ .Annotations.summary }}{{ with .Annotations.remedy }} ({{ . }}){{ end }}{{ "\n" }}{{ end }}` }}'
{{- end }}
{{- end }}
