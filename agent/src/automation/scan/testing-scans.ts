/** What scans and decides, without a cluster; for measurements. */
export { createRegistry } from '../../registry/registry.ts';
export { createCollector } from '../../service/give-back.ts';
export { subjectIn, workloadText } from '../testing.ts';
export { createScanner } from './scan.ts';
