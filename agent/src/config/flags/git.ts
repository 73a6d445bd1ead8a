import { FORGE_KINDS } from '../../forges/types.ts';
import { type Flag, flagsOf } from '../flag.ts';
import { bool, choice, duration, list, path, text } from '../values.ts';

const flag = flagsOf('Git');

const isRepositoryPath = (word: string) =>
  !word.startsWith('/') && !word.split('/').includes('..') && !/\p{Cc}/u.test(word);

/** The repository, commits, and pull or merge requests. */
export const GIT_FLAGS = {
  'git-url': flag(
    text('the URL of a repository'),
    undefined,
    'The repository: `ssh://git@host/path`, `git@host:path`, `https://host/path` or `file:///path`. A user and token in it are taken out and never shown.',
    { secret: true },
  ),
  'git-branch': flag(
    text('the name of a branch'),
    undefined,
    "The branch to follow; without it the one that the remote's HEAD names.",
    { flux: 'default `master`' },
  ),
  'git-path': flag(
    list('paths from the root of the repository, without ".." and a leading "/"', isRepositoryPath),
    '',
    'Folders or files to deliver; without it the whole repository.',
  ),
  'git-poll-interval': flag(
    duration,
    '30s',
    'How often the remote is asked for its head; nothing is fetched while that has not moved.',
    { flux: 'default `5m`' },
  ),
  'git-timeout': flag(duration, '20s', 'Deadline of one call of git; while a transfer makes progress it begins anew.', {
    flux: 'counts from the start, so that a large repository never arrives',
  }),
  'git-user': flag(
    text('a name', (word) => !/[<>\p{Cc}]/u.test(word)),
    'Weave Flux',
    'Name of the committer.',
  ),
  'git-email': flag(
    text('an address', (word) => !/[<>\p{Cc}]/u.test(word)),
    'support@weave.works',
    'Address of the committer.',
  ),
  'git-set-author': flag(bool, 'false', 'Names the person who asked for a change as its author; the committer stays.'),
  'git-signing-key': flag(
    text('the id, fingerprint or address of a GPG key', (word) => !/^-|\p{Cc}/u.test(word)),
    undefined,
    'Signs commits with this GPG key, whose private half, without a passphrase, is in `git-gpg-key-import`.',
  ),
  'git-gpg-key-import': flag(
    list('paths of files, or of folders with files'),
    '',
    'Files with exported GPG keys, or folders of such files, read anew for each commit.',
    { flux: 'for verifying, too' },
  ),
  'git-ssh-signing-key': flag(
    path,
    undefined,
    'Signs commits with the unencrypted private SSH key in this file, such as `/etc/fluxd/ssh/signing`; read anew for each commit.',
    { flux: 'new' },
  ),
  'git-readonly': flag(bool, 'false', 'Never pushes: image updates are proposed only.'),
  'git-ci-skip': flag(bool, 'false', 'Adds the paragraph `[ci skip]` to commit messages.'),
  'git-ci-skip-message': flag(
    text('a text without lines that begin with "Weaveflux-"', (word) => !/^Weaveflux-/m.test(word)),
    undefined,
    'Adds this paragraph instead.',
  ),
  'git-https-token-file': flag(
    path,
    undefined,
    'File with the token or password for https, read anew for each call; goes before the Secret and the URL.',
    { flux: 'new' },
  ),
  'forge-token-file': flag(
    path,
    undefined,
    'File with the token that opens a pull or merge request for `images.write.branch` of `.weaveflux.yaml`, read anew for each call; without it none is opened.',
    { flux: 'new' },
  ),
  forge: flag(
    choice(FORGE_KINDS),
    undefined,
    'The kind of host that the request is opened at (`gitea` for Forgejo, too); without it by the host of `git-url`, where its name tells.',
    { flux: 'new' },
  ),
  'forge-url': flag(
    text('an https address'),
    undefined,
    "The address of that host's API, such as `https://git.example.com/api/v1`; without it by the host of `git-url`.",
    { flux: 'new' },
  ),
  'ssh-known-hosts': flag(
    path,
    undefined,
    'File with host keys in the format of `known_hosts`; github.com, gitlab.com, bitbucket.org and Azure DevOps are known without it.',
    { flux: 'new' },
  ),
} as const satisfies Readonly<Record<string, Flag>>;
