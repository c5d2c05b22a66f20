import { layOut, layOutPair, type ReceiptLine } from './lines.ts';
import type { Piece, Template, TemplateNode } from './template.ts';

/** What a template prints: names to texts, and lists of such rows. An empty text counts as "absent" in `@if`. */
export interface TemplateData {
  fields: Readonly<Record<string, string>>;
  lists: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;
}

/** Line width, and what the printer can print of a text: substitutes change widths, so they come before wrapping. */
export interface Paper {
  columns: number;
  printable(text: string): string;
}

/** Fills the template. No line is longer than the paper. */
export function render(template: Template, data: TemplateData, paper: Paper): ReceiptLine[] {
  return template.flatMap((node) => renderNode(node, data, paper));
}

function renderNode(node: TemplateNode, data: TemplateData, paper: Paper): ReceiptLine[] {
  switch (node.kind) {
    case 'text': {
      const left = paper.printable(fill(node.left, data));
      if (node.right === null) return layOut(left, node.style, paper.columns);
      return layOutPair(left, paper.printable(fill(node.right, data)), node.style, paper.columns);
    }
    case 'rule':
      return [{ kind: 'rule', character: paper.printable(node.character).slice(0, 1) }];
    case 'qr':
      return [{ kind: 'qr', payload: fill(node.payload, data) }];
    case 'cut':
      return [{ kind: 'cut' }];
    case 'if':
      return render(data.fields[node.field] ? node.body : node.otherwise, data, paper);
    case 'each':
      return (data.lists[node.list] ?? []).flatMap((row) =>
        render(node.body, { fields: { ...data.fields, ...row }, lists: data.lists }, paper),
      );
  }
}

function fill(pieces: readonly Piece[], data: TemplateData): string {
  return pieces.map((piece) => ('literal' in piece ? piece.literal : (data.fields[piece.field] ?? ''))).join('');
}
