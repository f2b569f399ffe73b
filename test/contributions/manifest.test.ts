import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  commandIds,
  contextKeys,
  contextWords,
  extensionId,
  settingIds,
  settingsSection,
  viewIds,
  walkthroughId,
} from '../../src/contributions/ids.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

interface Menu {
  readonly command: string;
  readonly when?: string;
}

interface Manifest {
  readonly name: string;
  readonly publisher: string;
  readonly icon: string;
  readonly activationEvents: readonly string[];
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[];
    readonly menus: Readonly<Record<string, readonly Menu[]>>;
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly icon: string }[]>>;
    readonly viewsContainers: { readonly activitybar: readonly { readonly id: string; readonly icon: string }[] };
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string; readonly when: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
    readonly walkthroughs: readonly {
      readonly id: string;
      readonly steps: readonly {
        readonly description: string;
        readonly media: { readonly markdown?: string; readonly image?: Readonly<Record<string, string>> };
        readonly completionEvents: readonly string[];
      }[];
    }[];
  };
}

const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Manifest;
const { contributes } = manifest;
const menus = Object.values(contributes.menus).flat();
const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
const commands: readonly string[] = Object.values(commandIds);
const sorted = (values: Iterable<string>): string[] => [...values].sort();
const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? '');

/** Commands of this extension that a text links to. */
const linked = (text: string): string[] =>
  matches(text, /\(command:(vitessTopo\.[\w.]+)\)/g).filter((id) => id !== `${viewIds.topology}.focus`);

describe('package.json', () => {
  it('is of the extension that the code names', () => {
    assert.equal(`${manifest.publisher}.${manifest.name}`, extensionId);
  });

  it('declares the commands of the code and no others', () => {
    assert.deepEqual(sorted(contributes.commands.map(({ command }) => command)), sorted(commands));
    for (const { command, title, category } of contributes.commands) {
      assert.equal(category, 'Vitess', command);
      assert.match(title, /^[A-Z]/, command);
    }
  });

  it('declares the view and its container', () => {
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      [viewIds.container],
    );
    assert.deepEqual(Object.keys(contributes.views), [viewIds.container]);
    assert.deepEqual(
      contributes.views[viewIds.container]?.map(({ id }) => id),
      [viewIds.topology],
    );
  });

  it('declares the settings of the code and no others', () => {
    const names = Object.values(settingIds).map((id) => `${settingsSection}.${id}`);
    assert.deepEqual(sorted(Object.keys(contributes.configuration.properties)), sorted(names));
  });

  it('takes connections from trusted workspaces only', () => {
    assert.deepEqual(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations, [
      `${settingsSection}.${settingIds.connections}`,
    ]);
  });

  it('has menus, welcomes and walkthrough steps of existing commands only', () => {
    const used = [
      ...menus.map(({ command }) => command),
      ...contributes.viewsWelcome.flatMap(({ contents }) => linked(contents)),
      ...steps.flatMap(({ description }) => linked(description)),
      ...steps.flatMap(({ completionEvents }) => matches(completionEvents.join(' '), /onCommand:(\S+)/g)),
    ];
    assert.deepEqual(
      used.filter((command) => !commands.includes(command)),
      [],
    );
  });

  it('asks menus for context words that the tree gives, and for all of them', () => {
    const asked = new Set(menus.flatMap(({ when }) => matches(when ?? '', /\\b(\w+)\\b/g)));
    assert.deepEqual(sorted(asked), sorted(contextWords));
  });

  it('asks for context keys that the code sets, and for all of them', () => {
    const conditions = [...menus, ...contributes.viewsWelcome].map(({ when }) => when ?? '').join(' ');
    assert.deepEqual(
      sorted(new Set(matches(conditions, /(?<!')(vitessTopo\.(?!topology)\w+)/g))),
      sorted(Object.values(contextKeys)),
    );
  });

  it('welcomes in every state in which the view has no rows', () => {
    const conditions = contributes.viewsWelcome.map(({ when }) => when).join(' ');
    assert.deepEqual(sorted(new Set(matches(conditions, /vitessTopo\.state == (\w+)/g))), [
      'empty',
      'loading',
      'none',
      'unreachable',
    ]);
  });

  it('welcomes after every failure exactly once', () => {
    const codes = matches(readFileSync(path.join(ROOT, 'src/model/topologyData.ts'), 'utf8'), /^ {2}\| '([a-z-]+)'/gm);
    assert.ok(codes.includes('unreachable') && codes.includes('invalid'));
    const welcomes = contributes.viewsWelcome.filter(({ when }) => when.includes('state == unreachable'));
    for (const code of codes) {
      const shown = welcomes.filter(({ when }) => {
        const [, is] = /failure == ([\w-]+)/.exec(when) ?? [];
        return is === undefined ? !matches(when, /failure != ([\w-]+)/g).includes(code) : is === code;
      });
      assert.equal(shown.length, 1, code);
    }
  });

  it('starts with nothing: no event that every window fires', () => {
    assert.deepEqual(
      manifest.activationEvents.filter((event) => !/^(workspaceContains|onWebviewPanel):/.test(event)),
      [],
    );
  });

  it('names files that are there', () => {
    const files = [
      manifest.icon,
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...(contributes.views[viewIds.container] ?? []).map(({ icon }) => icon),
      ...steps.flatMap(({ media }) => [
        ...(media.markdown === undefined ? [] : [media.markdown]),
        ...Object.values(media.image ?? {}),
      ]),
    ];
    assert.deepEqual(
      files.filter((file) => !existsSync(path.join(ROOT, file))),
      [],
    );
  });

  it('has one walkthrough, with a way to complete each step', () => {
    assert.deepEqual(
      contributes.walkthroughs.map(({ id }) => id),
      [walkthroughId],
    );
    assert.deepEqual(
      steps.filter(({ completionEvents }) => completionEvents.length === 0),
      [],
    );
  });
});

describe('media', () => {
  it('holds nothing that neither the manifest nor the README uses', () => {
    const text = ['package.json', 'README.md'].map((file) => readFileSync(path.join(ROOT, file), 'utf8')).join('\n');
    const files = globSync('media/**/*.*', { cwd: ROOT }).map((file) => file.replaceAll('\\', '/'));
    // The icon is drawn as an SVG; the marketplace takes a PNG.
    const unused = files.filter((file) => file !== 'media/icon.svg' && !text.includes(file));
    assert.deepEqual(unused, []);
  });
});
