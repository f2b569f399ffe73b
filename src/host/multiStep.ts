/** A series of questions with a Back button: each answer changes a draft, and the draft decides what is asked next. */
import * as vscode from 'vscode';

export interface TextStep<Draft> {
  readonly kind: 'text';
  readonly prompt: string;
  readonly placeholder?: string;
  readonly password?: boolean;
  /** Adds a button that asks for a file or folder and puts its path into the field. */
  readonly browse?: 'file' | 'folder';
  readonly value: (draft: Draft) => string;
  /** Why the text cannot be taken; undefined when it can. */
  readonly problem: (text: string) => string | undefined;
  readonly answer: (draft: Draft, text: string) => Draft;
}

export interface PickStep<Draft> {
  readonly kind: 'pick';
  readonly prompt: string;
  readonly items: readonly { readonly label: string; readonly description: string; readonly value: string }[];
  readonly value: (draft: Draft) => string;
  readonly answer: (draft: Draft, value: string) => Draft;
}

export type Step<Draft> = TextStep<Draft> | PickStep<Draft>;

/** Asks all steps; undefined when the asking is given up. `stepsOf` may give other steps after each answer. */
export async function askSteps<Draft>(
  title: string,
  start: Draft,
  stepsOf: (draft: Draft) => readonly Step<Draft>[],
): Promise<Draft | undefined> {
  let draft = start;
  let index = 0;
  for (;;) {
    const steps = stepsOf(draft);
    const step = steps[index];
    if (step === undefined) return draft;
    const frame: Frame = { title, step: index + 1, totalSteps: steps.length };
    const answer = step.kind === 'text' ? await askText(frame, step, draft) : await askPick(frame, step, draft);
    if (answer === 'cancel') return undefined;
    if (answer === 'back') index -= 1;
    else {
      draft = step.answer(draft, answer.value);
      index += 1;
    }
  }
}

interface Frame {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
}

type Answer = { readonly value: string } | 'back' | 'cancel';

function askText<Draft>(frame: Frame, step: TextStep<Draft>, draft: Draft): Promise<Answer> {
  const input = vscode.window.createInputBox();
  const browse = { iconPath: new vscode.ThemeIcon('folder-opened'), tooltip: `Choose a ${step.browse ?? 'file'}…` };
  Object.assign(input, frame);
  input.ignoreFocusOut = true;
  input.prompt = step.prompt;
  input.placeholder = step.placeholder ?? '';
  input.password = step.password === true;
  input.value = step.value(draft);
  input.buttons = [...backButton(frame), ...(step.browse === undefined ? [] : [browse])];
  return new Promise((resolve) => {
    const settle = (answer: Answer): void => {
      resolve(answer);
      input.dispose();
    };
    input.onDidChangeValue(() => (input.validationMessage = undefined));
    input.onDidAccept(() => {
      const problem = step.problem(input.value);
      if (problem === undefined) settle({ value: input.value });
      else input.validationMessage = problem;
    });
    input.onDidTriggerButton((button) => {
      if (button !== browse) settle('back');
      else void chooseFile(step.browse === 'folder').then((file) => file !== undefined && (input.value = file));
    });
    // Hiding comes after an answer too; the promise keeps its first one.
    input.onDidHide(() => settle('cancel'));
    input.show();
  });
}

function askPick<Draft>(frame: Frame, step: PickStep<Draft>, draft: Draft): Promise<Answer> {
  type Item = vscode.QuickPickItem & { readonly value: string };
  const pick = vscode.window.createQuickPick<Item>();
  Object.assign(pick, frame);
  pick.ignoreFocusOut = true;
  pick.placeholder = step.prompt;
  pick.items = step.items;
  pick.activeItems = pick.items.filter(({ value }) => value === step.value(draft));
  pick.buttons = backButton(frame);
  return new Promise((resolve) => {
    const settle = (answer: Answer): void => {
      resolve(answer);
      pick.dispose();
    };
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      if (item !== undefined) settle({ value: item.value });
    });
    pick.onDidTriggerButton(() => settle('back'));
    pick.onDidHide(() => settle('cancel'));
    pick.show();
  });
}

function backButton({ step }: Frame): vscode.QuickInputButton[] {
  return step > 1 ? [vscode.QuickInputButtons.Back] : [];
}

async function chooseFile(folders: boolean): Promise<string | undefined> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: !folders,
      canSelectFolders: folders,
      canSelectMany: false,
    })) ?? [];
  return uri?.fsPath;
}
