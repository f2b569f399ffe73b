import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseCommandLine } from '../../src/cli/commandLine.ts';
import { etcdOptions } from '../../src/topology/addressOptions.ts';
import { vitessTopo, type Ran } from './vitessTopo.ts';

const captures = join(import.meta.dirname, '../captures');

const runbook = (...args: readonly string[]): Promise<Ran> =>
  vitessTopo(['runbook', ...args], { style: { colour: true, width: 40 } });

describe('vitess-topo runbook', () => {
  const outage = ['--snapshot', join(captures, '12-reverse-vtctld-killed')];

  it('prints the Markdown, unpainted and unwrapped', async () => {
    const { exitCode, out } = await runbook(...outage);
    assert.equal(exitCode, 0);
    assert.match(out, /^# Runbook for the whole topology of /);
    assert.match(out, /^## Repair by hand$/m);
    assert.doesNotMatch(out, /\p{Cc}(?<!\n)/u);
  });

  it('keeps to a move that is named by its workflow, and takes the direction', async () => {
    const move = ['--move', 'commerce.commerce2customer_reverse', '--direction', 'serve-from:commerce'];
    const { exitCode, out } = await runbook(...outage, ...move);
    assert.equal(exitCode, 0);
    assert.match(out, /^# Runbook for the move commerce\.commerce2customer_reverse of /);
    assert.match(out, /serve from commerce/);
  });

  it('exits 2 for a move that is not there, and writes no healthy runbook', async () => {
    const { exitCode, out, err } = await runbook(...outage, '--move', 'nope');
    assert.equal(exitCode, 2);
    assert.equal(out, '');
    assert.match(err, /There is no move nope/);
  });

  it('has no JSON', async () => {
    const { exitCode, err } = await runbook(...outage, '--format', 'json');
    assert.equal(exitCode, 2);
    assert.match(err, /Markdown/);
  });
});

describe('etcdOptions', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9./-]{0,8}$/);
  const maybe = fc.option(word, { nil: undefined });

  it('gives the command line that leads to the same etcd', () => {
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 3 }),
        word,
        maybe,
        maybe,
        maybe,
        maybe,
        (hosts, root, user, passwordFile, ca, cell) => {
          const cellAddresses: Record<string, string> = cell === undefined ? {} : { [cell]: 'global' };
          const endpoints = hosts.map((host) => `${host}:2379`);
          const tls = ca === undefined ? {} : { tls: { ca, cert: 'c.pem', key: 'k.pem', serverName: 'etcd' } };
          const parsed = parseCommandLine([
            'status',
            ...etcdOptions({ endpoints, root, user, passwordFile, cellAddresses, ...tls }),
          ]);
          assert.ok(parsed.kind === 'run' && 'address' in parsed.commandLine);
          assert.deepEqual(parsed.commandLine.address, {
            kind: 'etcd',
            endpoints,
            root,
            user,
            passwordFile,
            ...tls,
            cellAddresses,
          });
        },
      ),
    );
  });

  it('asks for TLS by the endpoint where no option would', () => {
    assert.deepEqual(etcdOptions({ endpoints: ['a:1', 'https://b:1'], root: '/r', tls: {} }).slice(0, 2), [
      '--etcd',
      'https://a:1,https://b:1',
    ]);
  });
});

describe('the general documents', () => {
  const docs = join(import.meta.dirname, '../../docs');

  for (const name of ['emergency-runbook.md', 'best-practices.md', 'command-line.md']) {
    it(`${name} shows only command lines of vitess-topo that vitess-topo takes`, () => {
      const blocks = [...readFileSync(join(docs, name), 'utf8').matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)];
      const lines = blocks
        .flatMap(([, body = '']) => body.split('\n').map((line) => line.trim()))
        .filter((line) => line.startsWith('vitess-topo '));
      assert.ok(lines.length > 0);
      for (const line of lines) {
        const words = line
          .replace(/ *(?:[>#;]| && ).*$/, '')
          .replaceAll('"$ETCD"', 'etcd-1:2379')
          .split(/ +/)
          .slice(1);
        const parsed = parseCommandLine(words);
        assert.equal(parsed.kind, 'run', `${line}: ${parsed.kind === 'invalid' ? parsed.problem : ''}`);
      }
    });

    it(`${name} links only to pages that are there`, () => {
      const links = [...readFileSync(join(docs, name), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)];
      for (const [, link = ''] of links) assert.ok(existsSync(join(docs, link)), link);
    });
  }

  it('are linked from the README', () => {
    const readme = readFileSync(join(docs, '../README.md'), 'utf8');
    for (const name of ['emergency-runbook.md', 'best-practices.md'])
      assert.ok(readme.includes(`](docs/${name})`), name);
  });
});
