import { statSync } from 'node:fs';
import path from 'node:path';
import { splitEndpoints, type ConnectionDraft, type TlsChoice } from '../host/connectionDraft.ts';
import { nameProblem, rootProblem } from '../host/connectionSettings.ts';
import type { Step, TextStep } from '../host/multiStep.ts';
import { endpointProblem } from '../host/settingFields.ts';

type DraftStep = Step<ConnectionDraft>;

/** What is asked for a new connection, by what was answered so far. */
export function connectionSteps(draft: ConnectionDraft, isTaken: (name: string) => boolean): DraftStep[] {
  const nameStep = text('name', 'A name for the connection, shown in the tree.', {
    placeholder: draft.kind === 'etcd' ? 'production' : 'incident 2026-11-24',
    problem: (name) => {
      const problem = nameProblem(name.trim());
      if (problem !== undefined) return `The name ${problem}.`;
      return isTaken(name.trim()) ? 'There is a connection with this name.' : undefined;
    },
  });
  if (draft.kind === 'snapshot') return [kindStep, nameStep, folderStep];
  return [kindStep, nameStep, endpointsStep, rootStep, userStep, ...passwordSteps(draft), tlsStep, ...tlsSteps(draft)];
}

const kindStep: DraftStep = {
  kind: 'pick',
  prompt: 'What kind of topology?',
  items: [
    { label: 'etcd', description: 'the topology server of a running cluster', value: 'etcd' },
    { label: 'Snapshot', description: 'a folder with exported records', value: 'snapshot' },
  ],
  value: ({ kind }) => kind,
  answer: (draft, value) => ({ ...draft, kind: value === 'snapshot' ? 'snapshot' : 'etcd' }),
};

const endpointsStep = text('endpoints', 'The endpoints of the global etcd, host:port, separated by commas.', {
  placeholder: 'etcd-0.example.com:2379, etcd-1.example.com:2379',
  problem: (value) => {
    const endpoints = splitEndpoints(value);
    if (endpoints.length === 0) return 'Give at least one host:port.';
    const problem = endpoints.map(endpointProblem).find((found) => found !== undefined);
    return problem === undefined ? undefined : `An endpoint ${problem}.`;
  },
});

const rootStep = text('root', 'The global root: what vtctld gets as --topo-global-root.', {
  problem: (root) => {
    const problem = rootProblem(root.trim());
    return problem === undefined ? undefined : `The root ${problem}.`;
  },
});

const userStep = text('user', 'The etcd user; leave empty when etcd asks for none.', { problem: () => undefined });

function passwordSteps({ user }: ConnectionDraft): DraftStep[] {
  if (user.trim() === '') return [];
  return [
    text('password', `The password of ${user.trim()}. It is kept in the editor’s secret storage, never in settings.`, {
      password: true,
      problem: () => undefined,
    }),
  ];
}

const tlsItems: readonly { label: string; description: string; value: TlsChoice }[] = [
  { label: 'No TLS', description: 'plain text', value: 'none' },
  {
    label: 'TLS',
    description: 'the server’s certificate is signed by an authority that this machine trusts',
    value: 'system',
  },
  { label: 'TLS with Own CA', description: 'a CA file checks the server’s certificate', value: 'ca' },
  { label: 'TLS with Client Certificate', description: 'a CA file, a certificate and its key', value: 'client' },
];

const tlsStep: DraftStep = {
  kind: 'pick',
  prompt: 'How is the connection encrypted?',
  items: tlsItems,
  value: ({ tls }) => tls,
  answer: (draft, value) => ({ ...draft, tls: tlsItems.find((item) => item.value === value)?.value ?? 'none' }),
};

function tlsSteps({ tls }: ConnectionDraft): DraftStep[] {
  if (tls === 'none') return [];
  const serverName = text(
    'serverName',
    'The name in the server’s certificate, where it is not the endpoint’s; else empty.',
    {
      problem: () => undefined,
    },
  );
  const ca = fileStep('ca', 'The PEM file of the CA.');
  if (tls === 'system') return [serverName];
  if (tls === 'ca') return [ca, serverName];
  return [
    ca,
    fileStep('cert', 'The PEM file of the client certificate.'),
    fileStep('key', 'The PEM file of its key.'),
    serverName,
  ];
}

const folderStep = text('folder', 'The folder that holds topo/, as Export Snapshot writes it.', {
  browse: 'folder',
  problem: (folder) => pathProblem(folder.trim(), 'folder'),
});

type TextField = Exclude<keyof ConnectionDraft, 'kind' | 'tls'>;

function fileStep(field: TextField, prompt: string): DraftStep {
  return text(field, prompt, { browse: 'file', problem: (file) => pathProblem(file.trim(), 'file') });
}

function text(
  field: TextField,
  prompt: string,
  options: Pick<TextStep<ConnectionDraft>, 'placeholder' | 'password' | 'browse' | 'problem'>,
): DraftStep {
  return {
    kind: 'text',
    prompt,
    ...options,
    value: (draft) => draft[field],
    answer: (draft, value) => ({ ...draft, [field]: value }),
  };
}

function pathProblem(file: string, kind: 'file' | 'folder'): string | undefined {
  if (!path.isAbsolute(file)) return 'Give an absolute path.';
  const found = statSync(file, { throwIfNoEntry: false });
  const isRight = kind === 'file' ? found?.isFile() : found?.isDirectory();
  return isRight === true ? undefined : `There is no ${kind} ${file}.`;
}
