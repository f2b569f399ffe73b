import { findOnPath } from './findOnPath.ts';
import { mustRun, runCommand } from './run.ts';

/** Something that the machine itself must have. */
export interface SystemNeed {
  /** How an error names it. */
  readonly what: string;
  /** The Debian package that has it. */
  readonly debian: string;
  present(): Promise<boolean>;
}

const command = (debian: string, ...names: readonly string[]): SystemNeed => ({
  what: names.join(' or '),
  debian,
  present: () => Promise.resolve(names.some((name) => findOnPath(name) !== undefined)),
});

const library = (debian: string, pkgConfigName: string): SystemNeed => ({
  what: `the headers of ${pkgConfigName}`,
  debian,
  present: async () =>
    // macOS has the counterparts of these libraries in its own frameworks.
    process.platform === 'darwin' || (await runCommand('pkg-config', ['--exists', pkgConfigName])).code === 0,
});

const anyFont: SystemNeed = {
  what: 'a font',
  debian: 'fonts-dejavu-core',
  present: async () => {
    if (process.platform !== 'linux') return true;
    const { code, output } = await runCommand('fc-list', []);
    return code === 0 && output.trim() !== '';
  },
};

/** What tests against a real etcd need. */
export const etcdNeeds: readonly SystemNeed[] = [
  command('etcd-server', 'etcd'),
  command('etcd-client', 'etcdctl'),
  command('openssl', 'openssl'),
  command('procps', 'ps'),
];

/** What the browser that shows an editor needs. */
export const browserNeeds: readonly SystemNeed[] = [
  command('chromium', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'),
  command('fontconfig', 'fc-list'),
  anyFont,
];

/** What building code-server's native modules needs. */
export const codeServerBuildNeeds: readonly SystemNeed[] = [
  command('build-essential', 'g++', 'clang++'),
  command('build-essential', 'make'),
  command('python3', 'python3'),
  command('pkg-config', 'pkg-config'),
  library('libkrb5-dev', 'krb5-gssapi'),
  library('libx11-dev', 'x11'),
  library('libxkbfile-dev', 'xkbfile'),
  library('libsecret-1-dev', 'libsecret-1'),
];

/** Makes sure that the machine has everything: by apt on Debian, else it throws an error that names what to install. */
export async function ensureSystemPackages(needs: readonly SystemNeed[]): Promise<void> {
  const missing = await missingOf(needs);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((need) => need.debian))];
  if (findOnPath('apt-get') === undefined) {
    throw new Error(
      `missing on PATH: ${missing.map((need) => need.what).join(', ')}. Install them and run this again.`,
    );
  }
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (asRoot.length > 0 && (await runCommand('sudo', ['-n', 'true'])).code !== 0) {
    throw new Error(`missing Debian packages. Run as root: apt-get install ${packages.join(' ')}`);
  }
  console.log(`installing Debian packages: ${packages.join(' ')}`);
  const apt = (...args: readonly string[]): Promise<string> => {
    const [program = 'env', ...rest] = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...args];
    return mustRun(program, rest);
  };
  await apt('update');
  await apt('install', '-y', '--no-install-recommends', ...packages);
  const still = await missingOf(missing);
  if (still.length > 0) throw new Error(`still missing after apt: ${still.map((need) => need.what).join(', ')}`);
}

async function missingOf(needs: readonly SystemNeed[]): Promise<SystemNeed[]> {
  const present = await Promise.all(needs.map((need) => need.present()));
  return needs.filter((_, index) => present[index] !== true);
}
