import { type Flag, flagsOf } from '../flag.ts';
import { isLabel } from '../names.ts';
import { address, choice, path, text } from '../values.ts';

const flag = flagsOf('The agent');

/** The process itself. */
export const AGENT_FLAGS = {
  listen: flag(
    address,
    '127.0.0.1:3030',
    'Address of the API for people: always on 127.0.0.1, whatever host is given.',
    { flux: 'default `:3030`; open to all' },
  ),
  'listen-metrics': flag(address, '127.0.0.1:3031', 'Address of `/healthz`, `/readyz` and `/metrics`.', {
    flux: 'default none: metrics on `listen`',
  }),
  'log-format': flag(choice(['fmt', 'json']), 'fmt', 'Format of the log: one line an event.'),
  environment: flag(
    text('a name: lower-case letters, digits and "-", at most 63', isLabel),
    'default',
    'Name of the environment: its objects carry it as a label, so it must never change.',
    { flux: 'new' },
  ),
  'data-dir': flag(
    path,
    '~/.cache/weaveflux/<environment>',
    "Folder of the cache: mirror of the repository, known tags, trusted root of Sigstore's public instance. Nothing in it is missed when it is lost.",
    { flux: 'new' },
  ),
  config: flag(
    path,
    undefined,
    'A YAML file with flags: keys are names without dashes, values as here, lists as lists.',
    { flux: 'new' },
  ),
} as const satisfies Readonly<Record<string, Flag>>;
