import assert from 'node:assert/strict';
import { connectionSteps } from '../../src/commands/connectionSteps.ts';
import { draftSettings, emptyDraft, type ConnectionDraft } from '../../src/host/connectionDraft.ts';
import { checkConnections } from '../../src/host/connectionSettings.ts';

const here = import.meta.filename;
const folder = import.meta.dirname;
const none = (): boolean => false;

/** Answers every step; a step without an answer keeps what it shows. */
function answer(start: ConnectionDraft, answers: Readonly<Record<string, string>>): ConnectionDraft {
  let draft = start;
  for (let index = 0; ; index++) {
    const step = connectionSteps(draft, none)[index];
    if (step === undefined) return draft;
    const [, given] = Object.entries(answers).find(([part]) => step.prompt.includes(part)) ?? [];
    const value = given ?? step.value(draft);
    if (step.kind === 'text') assert.equal(step.problem(value), undefined, step.prompt);
    draft = step.answer(draft, value);
  }
}

describe('connectionSteps', () => {
  it('asks for a plain etcd in few steps', () => {
    const draft = answer(emptyDraft, { 'A name': 'production' });
    assert.equal(connectionSteps(draft, none).length, 6);
    assert.deepEqual(draftSettings(draft), {
      kind: 'etcd',
      name: 'production',
      endpoints: ['127.0.0.1:2379'],
      root: '/vitess/global',
    });
  });

  it('asks for a password only of a user, and keeps it out of the settings', () => {
    const draft = answer(emptyDraft, { 'A name': 'p', 'The etcd user': 'reader', 'The password': 'secret' });
    assert.equal(draft.password, 'secret');
    assert.doesNotMatch(JSON.stringify(draftSettings(draft)), /secret/);
    assert.ok(!connectionSteps({ ...draft, user: '' }, none).some(({ prompt }) => prompt.includes('password')));
  });

  it('asks for the files that the chosen encryption needs', () => {
    const draft = answer(emptyDraft, {
      'A name': 'p',
      encrypted: 'client',
      'PEM file': here,
      'name in the server': 'etcd.internal',
    });
    assert.deepEqual(draftSettings(draft), {
      kind: 'etcd',
      name: 'p',
      endpoints: ['127.0.0.1:2379'],
      root: '/vitess/global',
      tls: { ca: here, cert: here, key: here, serverName: 'etcd.internal' },
    });
    assert.deepEqual(draftSettings({ ...draft, tls: 'system', serverName: '' }), {
      ...draftSettings(draft),
      tls: {},
    });
  });

  it('asks for a folder for a snapshot', () => {
    const draft = answer(emptyDraft, { 'What kind': 'snapshot', 'A name': 'incident', 'The folder': folder });
    assert.deepEqual(draftSettings(draft), { kind: 'snapshot', name: 'incident', folder });
  });

  it('makes settings that the settings’ check takes', () => {
    const drafts = [
      answer(emptyDraft, { 'A name': 'a', encrypted: 'client', 'PEM file': here, 'The etcd user': 'u' }),
      answer(emptyDraft, { 'What kind': 'snapshot', 'A name': 'b', 'The folder': folder }),
    ];
    const { connections, problems } = checkConnections(drafts.map(draftSettings), (file) => file);
    assert.deepEqual(problems, []);
    assert.deepEqual(connections, drafts.map(draftSettings));
  });

  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['A name', '', /name is missing/],
    ['A name', 'a/b', /must not contain/],
    ['The endpoints', 'etcd', /must be host:port/],
    ['The endpoints', ' , ', /at least one/],
    ['The global root', 'vitess', /slash/],
    ['PEM file of the CA', 'ca.pem', /absolute/],
    ['PEM file of the CA', '/no/such/file', /There is no file/],
  ];
  for (const [prompt, value, message] of refused) {
    it(`refuses ${JSON.stringify(value)} for ${prompt}`, () => {
      const step = connectionSteps({ ...emptyDraft, tls: 'ca' }, none).find((each) => each.prompt.includes(prompt));
      assert.ok(step?.kind === 'text');
      assert.match(step.problem(value) ?? '', message);
    });
  }

  it('refuses a name that is taken', () => {
    const [, step] = connectionSteps(emptyDraft, (name) => name === 'production');
    assert.ok(step?.kind === 'text');
    assert.match(step.problem(' production ') ?? '', /There is a connection/);
  });
});
