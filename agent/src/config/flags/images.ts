import { type Flag, flagsOf } from '../flag.ts';
import { bool, count, duration, durationOrNever, list, path } from '../values.ts';

const flag = flagsOf('Images');

const isImageGlob = (word: string) => /^\S+$/.test(word);

/** Registries, releases and going back. */
export const IMAGE_FLAGS = {
  'automation-interval': flag(duration, '1m', 'How often the tags of automated images are listed.', {
    flux: 'default `5m`',
  }),
  'unautomated-scan-interval': flag(
    durationOrNever,
    '15m',
    'How often the tags of images that are not automated, or are pinned, are listed; `0s` = never.',
    { flux: 'new' },
  ),
  'rollback-on-failed-health': flag(
    bool,
    'false',
    'Takes a release that the agent made by itself back where the workload does not become healthy with it; the annotation `weaveflux.dev/rollback` goes before it.',
    { flux: 'new' },
  ),
  'health-deadline': flag(
    duration,
    '10m',
    'How long after a release a workload may take to become healthy before it is rolled back; a Deployment goes by its own `progressDeadlineSeconds`.',
    { flux: 'new' },
  ),
  'registry-rps': flag(count, '10', 'Requests a second to one registry.', { flux: 'default `50`' }),
  'registry-burst': flag(count, '10', 'Requests that may be made at once to one registry.'),
  'registry-include-image': flag(
    list('globs on image names', isImageGlob),
    '',
    'Scans only images that fit one of these globs.',
  ),
  'registry-exclude-image': flag(
    list('globs on image names', isImageGlob),
    'k8s.gcr.io/*',
    'Never scans images that fit one of these globs; goes before `registry-include-image`.',
  ),
  'registry-insecure-host': flag(
    list('hosts, or host:port', (word) => /^[A-Za-z0-9._[\]:-]+$/.test(word)),
    '',
    'Registries whose certificate is not verified and that may speak plain HTTP.',
  ),
  'registry-disable-scanning': flag(bool, 'false', 'Lists no tags, so nothing is automated.'),
  'registry-ecr-region': flag(
    list('AWS regions such as eu-central-1', (word) => /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(word)),
    '',
    'Regions of ECR whose images are scanned; without it the region of each host name.',
  ),
  'registry-ecr-include-id': flag(
    list('AWS account numbers of 12 digits', (word) => /^\d{12}$/.test(word)),
    '',
    'Accounts of ECR whose images are scanned; without it all that are not excluded.',
  ),
  'registry-ecr-exclude-id': flag(
    list('AWS account numbers of 12 digits', (word) => /^\d{12}$/.test(word)),
    '602401143452,918309763551',
    'Accounts of ECR whose images are never scanned.',
  ),
  'hook-secret-file': flag(
    path,
    undefined,
    'A file with the secret that registries and CI send with a hook, read anew for each; without it hooks are refused.',
    { flux: 'new' },
  ),
  'registry-certs-dir': flag(
    path,
    undefined,
    "A folder with certificates of registries, in the layout of Docker's `certs.d`: `<host>:<port>/ca.crt`, `client.cert`, `client.key`.",
    { flux: 'new' },
  ),
  'sigstore-trusted-root': flag(
    path,
    undefined,
    "A file with the trusted root of a Sigstore of one's own, in JSON, by which signatures without a key are verified; without it that of the public instance is fetched when it is needed.",
    { flux: 'new' },
  ),
  'docker-config': flag(
    path,
    undefined,
    'A Docker `config.json` with credentials, or credential helpers, for registries; read anew for each scan.',
  ),
} as const satisfies Readonly<Record<string, Flag>>;
