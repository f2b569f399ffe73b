import { ensureCodeServer } from '../tools/installCodeServer.ts';
import { mustRun } from '../tools/run.ts';
import { browserNeeds, ensureSystemPackages, etcdNeeds } from '../tools/systemPackages.ts';
import { once } from './stage.ts';

/** Generates the protobuf code that most other stages read. */
export const generatedCode = once(() => mustRun('npm', ['run', '--silent', 'generate']));

/** Builds the bundles under dist/. */
export const bundles = once(async () => {
  await generatedCode();
  await mustRun('node', ['scripts/build.ts']);
});

/** A real etcd and what its harness calls. */
export const etcd = once(() => ensureSystemPackages(etcdNeeds));

/** An editor, and the browser that shows it. */
export const editor = once(async () => {
  await ensureSystemPackages(browserNeeds);
  await ensureCodeServer();
});
