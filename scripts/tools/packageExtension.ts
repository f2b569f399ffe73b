import { mustRun } from './run.ts';

/** Packages what is under dist/ as the .vsix file `vsix`, with the script that makes the one people install. */
export async function packageExtension(vsix: string): Promise<void> {
  await mustRun('node', ['scripts/package.ts', '--no-build', '--out', vsix]);
}
