import type { Disposable } from 'vscode';

/** Owns things that must be disposed of together, last first. */
export abstract class DisposableOwner implements Disposable {
  private readonly owned: Disposable[] = [];

  dispose(): void {
    for (const disposable of this.owned.splice(0).reverse()) disposable.dispose();
  }

  /** Takes over the disposal of `disposable` and gives it back. */
  protected own<T extends Disposable>(disposable: T): T {
    this.owned.push(disposable);
    return disposable;
  }
}
