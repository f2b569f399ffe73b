// Runs test files in this process: node test/harness/runMocha.ts <report file> <test file>…
import fc from 'fast-check';
import Mocha from 'mocha';
import { reportTo, strictOptions } from './report.ts';

const LINGER_SECONDS = 10;
/** The same inputs on every run: a rare counterexample must not fail a change that has nothing to do with it. PROPERTY_SEED looks further. */
const SEED = 20_261_124;

const [reportFile, ...files] = process.argv.slice(2);
if (reportFile === undefined) throw new Error('runMocha needs a report file');
fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? SEED) });

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
