import type { Health, JsonObject } from '@weaveflux/shared';
import { daemonSetHealth } from './daemon-set.ts';
import { deploymentHealth } from './deployment.ts';
import { apiServiceHealth, crdHealth } from './extensions.ts';
import { cronJobHealth, jobHealth } from './jobs.ts';
import { podHealth } from './pod.ts';
import { replicaSetHealth } from './replica-set.ts';
import { serviceHealth } from './service.ts';
import { statefulSetHealth } from './stateful-set.ts';
import { claimHealth, volumeHealth } from './storage.ts';

/** Decides the health of one kind; asked after the general rules. */
export type HealthRule = (object: JsonObject) => Health;

/** Rules by `group/kind`; every other kind goes by its conditions. */
export const RULES: Readonly<Record<string, HealthRule>> = {
  '/PersistentVolume': volumeHealth,
  '/PersistentVolumeClaim': claimHealth,
  '/Pod': podHealth,
  '/ReplicationController': replicaSetHealth,
  '/Service': serviceHealth,
  'apiextensions.k8s.io/CustomResourceDefinition': crdHealth,
  'apiregistration.k8s.io/APIService': apiServiceHealth,
  'apps/DaemonSet': daemonSetHealth,
  'apps/Deployment': deploymentHealth,
  'apps/ReplicaSet': replicaSetHealth,
  'apps/StatefulSet': statefulSetHealth,
  'batch/CronJob': cronJobHealth,
  'batch/Job': jobHealth,
};
