/** Deployments in the shapes in which fluxd is found, for tests. */

/** By hand from the repository's example, with what its comments offer switched on; no namespace. */
export const BY_HAND = `---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: flux
spec:
  replicas: 1
  selector:
    matchLabels: { name: flux }
  strategy: { type: Recreate }
  template:
    metadata:
      labels: { name: flux }
    spec:
      serviceAccountName: flux
      volumes:
      - name: git-key
        secret: { secretName: flux-git-deploy, defaultMode: 0400 }
      - name: git-keygen
        emptyDir: { medium: Memory }
      - name: ssh-config
        configMap: { name: flux-ssh-config, defaultMode: 0400 }
      - name: kubeconfig
        configMap: { name: flux-kubeconfig }
      containers:
      - name: flux
        image: docker.io/fluxcd/flux:1.25.4
        ports:
        - containerPort: 3030
        volumeMounts:
        - { name: git-key, mountPath: /etc/fluxd/ssh, readOnly: true }
        - { name: git-keygen, mountPath: /var/fluxd/keygen }
        - { name: ssh-config, mountPath: /root/.ssh }
        - { name: kubeconfig, mountPath: /etc/fluxd/kube }
        env:
        - { name: KUBECONFIG, value: /etc/fluxd/kube/config }
        args:
        - --memcached-hostname=memcached.default.svc.cluster.local
        - --memcached-service=
        - --ssh-keygen-dir=/var/fluxd/keygen
        - --git-url=git@git.example.com:acme/env
        - --git-branch=production
        - --git-path=base,shop
        - --git-poll-interval=1m
        - --sync-garbage-collection
        - --registry-ecr-region=eu-central-1,eu-west-1
        - --registry-ecr-include-id=123456789012
        - --connect=ws://fluxcloud
        - --listen-metrics=:3031
      - name: fluxcloud
        image: justinbarrick/fluxcloud:v0.3.9
`;

/** As the chart renders it. */
export const BY_CHART = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: prod-flux
  namespace: fluxcd
  labels: { app: flux, release: prod, heritage: Helm }
spec:
  replicas: 1
  selector:
    matchLabels: { app: flux, release: prod }
  template:
    metadata:
      labels: { app: flux, release: prod }
    spec:
      imagePullSecrets: [{ name: mirror }]
      volumes:
      - name: kubedir
        configMap: { name: prod-flux-kube-config }
      - name: sshdir
        configMap: { name: prod-flux-ssh-config, defaultMode: 0600 }
      - name: git-key
        secret: { secretName: prod-git-deploy, defaultMode: 0400 }
      - name: git-keygen
        emptyDir: { medium: Memory }
      - name: docker-credentials
        secret: { secretName: docker-login }
      - name: acr-credentials
        hostPath: { path: /etc/kubernetes/azure.json }
      containers:
      - name: flux
        image: "mirror.example.com/fluxcd/flux:1.21.1"
        env:
        - { name: KUBECONFIG, value: /root/.kubectl/config }
        - { name: HTTPS_PROXY, value: "http://proxy.example.com:3128" }
        volumeMounts:
        - { name: kubedir, mountPath: /root/.kubectl }
        - { name: sshdir, mountPath: /root/.ssh, readOnly: true }
        - { name: git-key, mountPath: /etc/fluxd/ssh, readOnly: true }
        - { name: git-keygen, mountPath: /var/fluxd/keygen }
        - { name: docker-credentials, mountPath: /dockercfg/, readOnly: true }
        - { name: acr-credentials, mountPath: /etc/kubernetes/azure.json, readOnly: true }
        args:
        - --log-format=fmt
        - --ssh-keygen-dir=/var/fluxd/keygen
        - --ssh-keygen-format=RFC4716
        - --k8s-secret-name=prod-git-deploy
        - --memcached-hostname=prod-flux-memcached
        - --sync-state=git
        - --memcached-service=
        - --git-url=ssh://git@git.example.com:2222/acme/env.git
        - --git-branch=master
        - --git-path=
        - --git-readonly=false
        - --git-user=Weave Flux
        - --git-email=support@weave.works
        - --git-verify-signatures=false
        - --git-set-author=false
        - --git-poll-interval=5m
        - --git-timeout=20s
        - --sync-interval=5m
        - --git-ci-skip=false
        - --automation-interval=5m
        - --registry-rps=200
        - --registry-burst=125
        - --registry-trace=false
        - --docker-config=/dockercfg/config.json
        - --sync-garbage-collection=true
        - --k8s-allow-namespace=shop,fluxcd
`;

/** As fluxctl writes it, with the login for https from a Secret. */
export const BY_FLUXCTL = `---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: flux
  namespace: flux
spec:
  replicas: 1
  selector:
    matchLabels: { name: flux }
  template:
    metadata:
      annotations: { prometheus.io/port: "3031" }
      labels: { name: flux }
    spec:
      nodeSelector: { beta.kubernetes.io/os: linux }
      volumes:
      - name: git-key
        secret: { secretName: flux-git-deploy, defaultMode: 0400 }
      - name: git-keygen
        emptyDir: { medium: Memory }
      containers:
      - name: flux
        image: docker.io/fluxcd/flux:1.22.2
        envFrom:
        - secretRef: { name: flux-git-auth }
        volumeMounts:
        - { name: git-key, mountPath: /etc/fluxd/ssh, readOnly: true }
        - { name: git-keygen, mountPath: /var/fluxd/keygen }
        args:
        - --memcached-service=
        - --ssh-keygen-dir=/var/fluxd/keygen
        - --git-url=https://$(GIT_AUTHUSER):$(GIT_AUTHKEY)@git.example.com/acme/env.git
        - --git-branch=master
        - --git-label=flux
        - --git-email=ops@example.com
        - --manifest-generation=false
        - --listen-metrics=:3031
        - --registry-disable-scanning
`;
