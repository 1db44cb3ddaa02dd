/**
 * Tables become lists: neither comment format of ours has tables, and a list reads well in a mail too.
 * One entry per row, each cell behind its column's name.
 */
import type { Table, TableRow } from 'mdast';
import type { BlockNode, InlineNode } from './document.js';
import { phrasing, type Definitions } from './markdown-inline.js';

/** A bullet list with one item per row; a table of headings only becomes one line. */
export function tableList(table: Table, definitions: Definitions): BlockNode[] {
  const [head, ...rows] = table.children;
  if (head === undefined) return [];
  const names = cellsOf(head, definitions);
  if (rows.length === 0) return [{ type: 'paragraph', content: joined(names) }];
  const items = rows.map((row) => ({
    type: 'listItem' as const,
    content: [{ type: 'paragraph' as const, content: rowLine(names, cellsOf(row, definitions)) }],
  }));
  return [{ type: 'bulletList', items }];
}

function cellsOf(row: TableRow, definitions: Definitions): InlineNode[][] {
  return row.children.map((cell) => phrasing(cell, definitions));
}

function rowLine(names: InlineNode[][], cells: InlineNode[][]): InlineNode[] {
  const named = cells
    .map((cell, column) => (cell.length === 0 ? [] : [...columnName(names[column]), ...cell]))
    .filter((cell) => cell.length > 0);
  return joined(named);
}

function columnName(name: InlineNode[] | undefined): InlineNode[] {
  if (name === undefined || name.length === 0) return [];
  const strong = name.map((node): InlineNode => (node.type === 'text' ? { ...node, strong: true } : node));
  return [...strong, { type: 'text', text: ': ' }];
}

function joined(cells: InlineNode[][]): InlineNode[] {
  return cells.flatMap((cell, index): InlineNode[] => (index === 0 ? cell : [{ type: 'text', text: '; ' }, ...cell]));
}
