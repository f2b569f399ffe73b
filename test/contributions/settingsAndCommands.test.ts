import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { checkConnections } from '../../src/host/connectionSettings.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

interface Schema {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly configuration: {
      readonly properties: Readonly<
        Record<string, Schema & { readonly items?: { readonly oneOf: readonly Schema[] } }>
      >;
    };
  };
}

const { contributes } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Manifest;
const settings = contributes.configuration.properties;
const page = readFileSync(path.join(ROOT, 'docs/settings-and-commands.md'), 'utf8');
const [settingsPart = '', commandsPart = ''] = page.split(/^## Commands$/m);

/** The text below each heading of a setting, by the heading's code. */
const sections = new Map(
  settingsPart
    .split(/^### /m)
    .slice(1)
    .map((section) => [/^`(.+)`$/m.exec(section)?.[1] ?? '', section]),
);

/** The cells of each row of a table, without its head. */
function tableRows(text: string): string[][] {
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function exampleOf(text: string): unknown {
  return JSON.parse(/^```json\n(.*?)^```$/ms.exec(text)?.[1] ?? 'null');
}

/** Every field of an entry, those inside of objects with a dot. */
function fieldsOf({ properties = {} }: Schema): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => [
    name,
    ...fieldsOf(schema).map((inner) => `${name}.${inner}`),
  ]);
}

describe('docs/settings-and-commands.md', () => {
  it('describes the settings that package.json contributes and no others', () => {
    assert.deepEqual([...sections.keys()], Object.keys(settings));
  });

  for (const [name, { default: byDefault }] of Object.entries(settings)) {
    it(`gives the default of ${name} and an example of it`, () => {
      const section = sections.get(name) ?? '';
      assert.equal(/Default: `(.+?)`\./.exec(section)?.[1], JSON.stringify(byDefault));
      const example = exampleOf(section) as Record<string, unknown>;
      assert.deepEqual(Object.keys(example), [name]);
      assert.notDeepEqual(example[name], byDefault);
    });
  }

  it('describes every field of a connection and no others, each with its default', () => {
    const name = 'vitessTopo.connections';
    const [etcd = {}, snapshot = {}] = settings[name]?.items?.oneOf ?? [];
    const rows = tableRows(sections.get(name) ?? '');
    const documented = (kind: string): string[] =>
      rows.filter(([, of]) => of === kind || of === 'both').map(([field]) => field?.replaceAll('`', '') ?? '');
    assert.deepEqual(documented('etcd').sort(), fieldsOf(etcd).sort());
    assert.deepEqual(documented('snapshot').sort(), fieldsOf(snapshot).sort());
    const root = rows.find(([field, of]) => field === '`root`' && of === 'etcd');
    assert.equal(root?.[2], `\`${JSON.stringify(etcd.properties?.['root']?.default)}\``);
  });

  it('has an example of connections that work', () => {
    const example = exampleOf(sections.get('vitessTopo.connections') ?? '') as Record<string, unknown>;
    const { connections, problems } = checkConnections(example['vitessTopo.connections'], (file) => file);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      connections.map(({ kind }) => kind),
      ['etcd', 'snapshot'],
    );
  });

  it('describes the commands that package.json contributes and no others, under their titles', () => {
    const documented = tableRows(commandsPart).map(([title, id]) => `${title ?? ''} ${id ?? ''}`);
    const contributed = contributes.commands.map(({ command, title }) => `${title} \`${command}\``);
    assert.deepEqual(documented, contributed);
  });

  it('says of every command what it does, and binds a key to one of them', () => {
    for (const [title, , does = ''] of tableRows(commandsPart)) assert.match(does, /^[A-Z]\w+ /, title);
    const [binding] = exampleOf(commandsPart) as { command: string }[];
    assert.ok(contributes.commands.some(({ command }) => command === binding?.command));
  });

  it('is linked from the README', () => {
    assert.match(readFileSync(path.join(ROOT, 'README.md'), 'utf8'), /\]\(docs\/settings-and-commands\.md\)/);
  });
});
