{{- /* Of the stand-in for kube-prometheus-stack: what its objects have in common. */ -}}

{{- define "stand-in.name" -}}
{{ .Values.fullnameOverride | default .Release.Name }}
{{- end }}

{{- define "stand-in.exporter" -}}
{{ .Release.Name }}-prometheus-node-exporter
{{- end }}

{{- /* [root, part]: by these two labels an object is found. */ -}}
{{- define "stand-in.labels" -}}
app: kube-prometheus-stack-{{ index . 1 }}
release: {{ (index . 0).Release.Name }}
{{- end }}

{{- define "stand-in.exporterLabels" -}}
app.kubernetes.io/name: prometheus-node-exporter
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "stand-in.stateMetricsLabels" -}}
app.kubernetes.io/name: kube-state-metrics
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "stand-in.image" -}}
{{ printf "%s/%s:%s" .registry .repository .tag | quote }}
{{- end }}

{{- /* For a pod that is nobody: it may not become root. */ -}}
{{- define "stand-in.nobody" -}}
runAsNonRoot: true
runAsUser: 65534
runAsGroup: 65534
fsGroup: 65534
{{- end }}
