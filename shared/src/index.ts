export * from './api/environment.ts';
export * from './api/environment-names.ts';
export * from './api/events.ts';
export * from './api/images.ts';
export * from './api/requests.ts';
export * from './api/status.ts';
export { applyChanges, imageEdits } from './changes/apply.ts';
export type { Awaiting, ChangeRequest } from './changes/context.ts';
export { diffLines, type LineStep, unifiedDiff } from './changes/diff.ts';
export { type MarkedImage, markedImages } from './changes/markers.ts';
export { type ChangePlan, findWorkload, planChanges } from './changes/plan.ts';
export { changeSubject, releaseSubject } from './changes/subject.ts';
export * from './changes/workload.ts';
export * from './duration.ts';
export * from './errors.ts';
export * from './images/reference.ts';
export * from './json.ts';
export { type ImageFault, isHelmRelease } from './manifests/helm-images.ts';
export * from './manifests/identity.ts';
export { type Loaded, manifestsOf } from './manifests/load.ts';
export * from './manifests/manifest.ts';
export * from './manifests/secret.ts';
export * from './manifests/workloads.ts';
export { placesBeside } from './places/beside.ts';
export { isKustomizationFile } from './places/kustomization.ts';
export { workloadsMeant } from './places/meant.ts';
export { containersIn, imageFaults, isPlace, placesOf } from './places/places.ts';
export { placeProblems } from './places/problems.ts';
export { annotationPath, statedAnnotations } from './places/stated.ts';
export { isImagePolicy, isImageRepository, isMarkerSource, policyOfImagePolicy } from './policies/image-policy.ts';
export {
  FLUX_FILTER_PREFIX,
  KEYS as POLICY_KEYS,
  type KeyDescription,
  type KeyName,
  type KeyType,
  MAX_KEY_NAME,
  PREFIX as KEY_PREFIX,
} from './policies/keys.ts';
export * from './policies/kinds.ts';
export { compareCreated, createdTime } from './policies/order.ts';
export * from './policies/parse.ts';
export * from './policies/read.ts';
export { compileExpression } from './policies/regexp.ts';
export type { PolicyResult } from './policies/result.ts';
export { annotationKeyFor, annotationKeysOf, type KeySpelling, readKey } from './policies/spellings.ts';
export * from './policies/types.ts';
export { versionsLike } from './policies/versions-like.ts';
export * from './problems.ts';
export { matchesGlob } from './repository/glob.ts';
export * from './repository/image-settings.ts';
export { FOLDER_MARKS, type IgnoreReason, type Selection, selectFiles } from './repository/select.ts';
export * from './repository/settings.ts';
export { isKeyFile, type SignatureRuleSetting } from './repository/signature-rules.ts';
export type { WindowSetting } from './repository/windows.ts';
export { wallTime } from './wall-time.ts';
export { parseFile, parseQuickly, parseYamlValue } from './yaml/documents.ts';
export { applyEdits } from './yaml/edits.ts';
export { findMarkers } from './yaml/markers.ts';
export { type PrintOptions, printYaml } from './yaml/print.ts';
export { doubleQuoted, plainOrQuoted } from './yaml/quote.ts';
export * from './yaml/types.ts';
