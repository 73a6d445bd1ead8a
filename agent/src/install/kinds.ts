/** How a kind is named by RBAC. */
export interface KindRow {
  /** '' = core. */
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

function rows(group: string, namespaced: boolean, kinds: Readonly<Record<string, string>>): KindRow[] {
  return Object.entries(kinds).map(([kind, plural]) => ({ group, kind, plural, namespaced }));
}

/** The kinds that an application environment is made of: what the one file's ClusterRole names. */
export const APPLICATION_KINDS: readonly KindRow[] = [
  ...rows('apps', true, {
    Deployment: 'deployments',
    StatefulSet: 'statefulsets',
    DaemonSet: 'daemonsets',
    ReplicaSet: 'replicasets',
  }),
  ...rows('batch', true, { Job: 'jobs', CronJob: 'cronjobs' }),
  ...rows('', true, {
    Pod: 'pods',
    Secret: 'secrets',
    ConfigMap: 'configmaps',
    Service: 'services',
    ServiceAccount: 'serviceaccounts',
    PersistentVolumeClaim: 'persistentvolumeclaims',
    LimitRange: 'limitranges',
    ResourceQuota: 'resourcequotas',
  }),
  ...rows('', false, { Namespace: 'namespaces', PersistentVolume: 'persistentvolumes' }),
  ...rows('networking.k8s.io', true, { Ingress: 'ingresses', NetworkPolicy: 'networkpolicies' }),
  ...rows('networking.k8s.io', false, { IngressClass: 'ingressclasses' }),
  ...rows('autoscaling', true, { HorizontalPodAutoscaler: 'horizontalpodautoscalers' }),
  ...rows('policy', true, { PodDisruptionBudget: 'poddisruptionbudgets' }),
  ...rows('rbac.authorization.k8s.io', true, { Role: 'roles', RoleBinding: 'rolebindings' }),
  ...rows('rbac.authorization.k8s.io', false, {
    ClusterRole: 'clusterroles',
    ClusterRoleBinding: 'clusterrolebindings',
  }),
  ...rows('scheduling.k8s.io', false, { PriorityClass: 'priorityclasses' }),
  ...rows('storage.k8s.io', false, { StorageClass: 'storageclasses' }),
  ...rows('apiextensions.k8s.io', false, { CustomResourceDefinition: 'customresourcedefinitions' }),
];

/** Every kind of Kubernetes itself that a repository may hold. */
export const BUILT_IN_KINDS: readonly KindRow[] = [
  ...APPLICATION_KINDS,
  ...rows('', true, {
    ReplicationController: 'replicationcontrollers',
    Endpoints: 'endpoints',
    PodTemplate: 'podtemplates',
  }),
  ...rows('', false, { Node: 'nodes' }),
  ...rows('apps', true, { ControllerRevision: 'controllerrevisions' }),
  ...rows('discovery.k8s.io', true, { EndpointSlice: 'endpointslices' }),
  ...rows('coordination.k8s.io', true, { Lease: 'leases' }),
  ...rows('networking.k8s.io', false, { IPAddress: 'ipaddresses', ServiceCIDR: 'servicecidrs' }),
  ...rows('storage.k8s.io', true, { CSIStorageCapacity: 'csistoragecapacities' }),
  ...rows('storage.k8s.io', false, {
    CSIDriver: 'csidrivers',
    CSINode: 'csinodes',
    VolumeAttachment: 'volumeattachments',
    VolumeAttributesClass: 'volumeattributesclasses',
  }),
  ...rows('resource.k8s.io', true, {
    ResourceClaim: 'resourceclaims',
    ResourceClaimTemplate: 'resourceclaimtemplates',
  }),
  ...rows('resource.k8s.io', false, { DeviceClass: 'deviceclasses' }),
  ...rows('node.k8s.io', false, { RuntimeClass: 'runtimeclasses' }),
  ...rows('apiregistration.k8s.io', false, { APIService: 'apiservices' }),
  ...rows('certificates.k8s.io', false, { CertificateSigningRequest: 'certificatesigningrequests' }),
  ...rows('flowcontrol.apiserver.k8s.io', false, {
    FlowSchema: 'flowschemas',
    PriorityLevelConfiguration: 'prioritylevelconfigurations',
  }),
  ...rows('admissionregistration.k8s.io', false, {
    MutatingWebhookConfiguration: 'mutatingwebhookconfigurations',
    ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
    ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
    ValidatingAdmissionPolicyBinding: 'validatingadmissionpolicybindings',
    MutatingAdmissionPolicy: 'mutatingadmissionpolicies',
    MutatingAdmissionPolicyBinding: 'mutatingadmissionpolicybindings',
  }),
];
