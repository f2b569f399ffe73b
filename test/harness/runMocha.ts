// Runs test files in this process: node test/harness/runMocha.ts <report file> <test file>…
import Mocha from 'mocha';
import { reportTo, strictOptions } from './report.ts';

const LINGER_SECONDS = 10;

const [reportFile, ...files] = process.argv.slice(2);
if (reportFile === undefined) throw new Error('runMocha needs a report file');

const mocha = new Mocha({ ...strictOptions, reporter: reportTo(reportFile, process.cwd(), Mocha.reporters.Base) });
mocha.files = files;
await mocha.loadFilesAsync();
mocha.run((failures) => {
  process.exitCode = failures === 0 ? 0 : 1;
  // Tests that leave a connection, timer or process behind hide real leaks of the product: they fail the run.
  setTimeout(() => {
    const resources = [...new Set(process.getActiveResourcesInfo())].join(', ');
    console.error(`the tests ended ${LINGER_SECONDS} s ago and left open: ${resources}`);
    process.exit(2);
  }, LINGER_SECONDS * 1000).unref();
});
