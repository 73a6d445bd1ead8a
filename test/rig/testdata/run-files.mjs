import { createReport } from '../../../scripts/lib/tests/report.mjs';
import { runFiles } from '../../../scripts/lib/tests/run-files.mjs';

const report = createReport();
const timeout = Number(process.env.FILE_LIMIT ?? 60_000);
await report.follow(runFiles(process.argv.slice(2), { concurrency: 2, timeout }));
process.exitCode = report.end(process.env.SKIPS_FAIL === 'true');
