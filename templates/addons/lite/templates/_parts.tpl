{{/* Labels of an object: which part of kmon it is, and which chart made it. */}}
{{- define "kmon.labels" -}}
app.kubernetes.io/name: {{ .part }}
app.kubernetes.io/part-of: kmon
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{/* Pins a pod to the parent by its node name (a label could be changed), in spite of both names of the control plane's taint. */}}
{{- define "kmon.onParent" -}}
affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms:
        - matchFields:
            - key: metadata.name
              operator: In
              values: [{{ .Values.parent | quote }}]
tolerations:
  - { key: node-role.kubernetes.io/control-plane, operator: Exists, effect: NoSchedule }
{{- end }}

{{- define "kmon.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}
