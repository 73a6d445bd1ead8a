import type { Dispatcher } from 'undici';
import { azureHeaders, createAzure } from './azure.ts';
import { bitbucketHeaders, createBitbucket } from './bitbucket.ts';
import { createGitea, giteaHeaders } from './gitea.ts';
import { createGithub, githubHeaders } from './github.ts';
import { createGitlab, gitlabHeaders } from './gitlab.ts';
import { createForgeHttp, type ForgeHttp } from './http.ts';
import type { Forge, ForgeConfig, ForgeKind } from './types.ts';

interface Maker {
  readonly headers: (token: string) => Record<string, string>;
  readonly make: (http: ForgeHttp, config: ForgeConfig) => Forge;
}

const MAKERS: Readonly<Record<ForgeKind, Maker>> = {
  github: { headers: githubHeaders, make: (http, { repository }) => createGithub(http, repository) },
  gitlab: { headers: gitlabHeaders, make: (http, { repository }) => createGitlab(http, repository) },
  gitea: { headers: giteaHeaders, make: (http, { repository }) => createGitea(http, repository) },
  bitbucket: { headers: bitbucketHeaders, make: (http, { repository }) => createBitbucket(http, repository) },
  azure: { headers: azureHeaders, make: (http, { repository, url }) => createAzure(http, repository, url) },
};

/** The host's requests. `deadline` of one call in milliseconds, 20 seconds unless told. */
export function createForge(config: ForgeConfig, dispatcher: Dispatcher, deadline?: number): Forge {
  const { headers, make } = MAKERS[config.kind];
  return make(createForgeHttp({ config, dispatcher, headers, deadline }), config);
}
