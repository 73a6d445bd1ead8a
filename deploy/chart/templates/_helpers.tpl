{{/* Made by `npm run deploy` from agent/src/install. */}}
{{- define "weaveflux.image" -}}
{{- if and $.Values.ha $.Values.persistent }}{{ fail "ha and persistent cannot both be set: two replicas cannot share one volume." }}{{ end -}}
{{- if and $.Values.clusterAdmin $.Values.noSecrets }}{{ fail "clusterAdmin and noSecrets cannot both be set: an administrator reads every Secret." }}{{ end -}}
{{- if and $.Values.clusterAdmin $.Values.namespaced }}{{ fail "clusterAdmin and namespaced cannot both be set: an administrator is not held to namespaces." }}{{ end -}}
{{- range $arg := $.Values.args }}{{- range $flag := list "--git-url" "--git-branch" "--git-path" "--environment" "--k8s-secret-name" "--k8s-secret-data-key" "--agent-namespace" "--leader-election" "--k8s-secret-volume-mount-path" "--listen-metrics" "--data-dir" }}
{{- if or (eq $arg $flag) (hasPrefix (printf "%s=" $flag) $arg) }}{{ fail (printf "args holds %s, which stands in several places: give its value of the chart." $flag) }}{{ end -}}
{{- end }}{{ end -}}
{{ $.Values.image.repository }}:{{ $.Values.image.tag | default $.Chart.AppVersion }}
{{- end -}}
{{- define "weaveflux.clusterName" -}}
weaveflux{{ if ne $.Release.Namespace "weaveflux" }}-{{ $.Release.Namespace }}{{ end }}
{{- end -}}
