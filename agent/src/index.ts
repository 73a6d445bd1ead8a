export type { AgentConfig } from './config/types.ts';
