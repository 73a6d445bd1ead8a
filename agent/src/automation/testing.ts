import { findMarkers, manifestsOf, objectKey, parseFile, placesOf } from '@weaveflux/shared';
import { statedPlaces } from '../delivery/places.ts';
import { policiesOf } from '../delivery/wanted.ts';
import { markedIn } from '../render/marked.ts';
import type { DesiredObject } from '../targets/kubernetes/types.ts';
import { type Subject, subjectsOf } from './subjects.ts';

/** The subjects of one file, its objects in the namespace `shop` where they name none; for tests. */
export function subjectsIn(text: string, file = 'a.yaml') {
  const parsed = parseFile(file, text);
  const { manifests } = manifestsOf(parsed);
  const found = findMarkers(file, text, parsed);
  const taken = new Set(manifests.map(({ document }) => document));
  const places = placesOf(file, parsed, found).filter(({ document }) => !taken.has(document));
  const wanted = manifests.map((manifest) => {
    const id = { ...manifest.id, namespace: manifest.id.namespace || 'shop' };
    const object: DesiredObject = { id, key: objectKey(id), manifest, body: manifest.value, hash: '', wave: 1 };
    return { object, policies: policiesOf(object) };
  });
  const ids = new Map(wanted.map(({ object }) => [object.manifest, object.id]));
  const markers = new Map([[file, found]]);
  const marked = markedIn({ manifests, markers, places }, (manifest) => ids.get(manifest));
  return {
    subjects: subjectsOf([...wanted, ...statedPlaces(places)], marked.images),
    manifests,
    places,
    problems: marked.problems,
  };
}

/** The one subject of a container. */
export function subjectIn(text: string, container = 'app'): Subject {
  const found = subjectsIn(text).subjects.find(({ place }) => place.container === container);
  if (found === undefined) throw new Error(`no container ${container}`);
  return found;
}

/** A workload with one container `app`, in YAML. */
export function workloadText(
  name: string,
  image: string,
  annotations: Readonly<Record<string, string>>,
  kind = 'Deployment',
) {
  const group = kind === 'Deployment' ? 'apps' : 'batch';
  return `apiVersion: ${group}/v1
kind: ${kind}
metadata: { name: ${name}, annotations: ${JSON.stringify(annotations)} }
spec:
  template:
    spec:
      containers:
        - name: app
          image: "${image}" # kept
`;
}
