import type { TreeNode } from '../../src/tree/treeNode.ts';

/** A tree as text: two spaces a level, `icon!state label — description`, then what its menus see; closed rows end with `+`. */
export function renderTree(node: TreeNode, depth = 0): string {
  const children = node.children?.() ?? [];
  const state = node.state === 'none' ? '' : `!${node.state}`;
  const description = node.description === undefined ? '' : ` — ${node.description}`;
  const errors = node.errors === undefined || node.errors === 0 ? '' : ` (${node.errors})`;
  const context = node.context.length === 0 ? '' : ` {${node.context.join(' ')}}`;
  const closed = children.length > 0 && node.expanded !== true ? ' +' : '';
  const row = `${'  '.repeat(depth)}${node.icon}${state} ${node.label}${description}${errors}${context}${closed}`;
  return [row, ...children.map((child) => renderTree(child, depth + 1))].join('\n');
}

/** All rows of a tree. */
export function allNodes(node: TreeNode): TreeNode[] {
  return [node, ...(node.children?.() ?? []).flatMap(allNodes)];
}
