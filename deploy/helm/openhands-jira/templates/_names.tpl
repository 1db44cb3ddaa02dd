{{- define "openhands-jira.labels" -}}
app.kubernetes.io/name: openhands-jira
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "openhands-jira.secret" -}}
{{- if .Values.secrets.existingSecret -}}
{{ .Values.secrets.existingSecret }}
{{- else -}}
{{ .Release.Name }}-secrets
{{- end -}}
{{- end -}}

{{- define "openhands-jira.ca" -}}
{{- if .Values.caBundle.existingConfigMap -}}
{{ .Values.caBundle.existingConfigMap }}
{{- else if .Values.caBundle.pem -}}
{{ .Release.Name }}-ca
{{- end -}}
{{- end -}}
