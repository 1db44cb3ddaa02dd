/**
 * Renders the templates of our Helm chart for tests, where no `helm` is at hand: the small part of Go's template language that
 * the chart uses. Anything else is an error, so that a template cannot use what nobody checked. `chart.ts` reads the files.
 */

type Scope = { dot: unknown; variables: Record<string, unknown> };
type Node = { kind: 'text'; text: string } | { kind: 'output'; pipeline: string } | { kind: 'branch'; word: 'if' | 'range'; head: string; body: Node[]; otherwise: Node[] };

export type Functions = Record<string, (...values: never[]) => unknown>;

/** Templates that call each other by `include`. */
export class GoTemplates {
  private readonly named = new Map<string, Node[]>();
  private readonly functions: Functions;

  constructor(functions: Functions) {
    this.functions = functions;
  }

  /** Reads a file; its `define` blocks become known to all others. Gives the name to render it by. */
  add(name: string, source: string): void {
    this.named.set(name, this.parse(tokensOf(source), []));
  }

  render(name: string, dot: unknown): string {
    const nodes = this.named.get(name);
    if (!nodes) throw new Error(`There is no template "${name}".`);
    return this.write(nodes, { dot, variables: { $: dot } });
  }

  private parse(tokens: string[], ends: string[]): Node[] {
    const nodes: Node[] = [];
    while (tokens.length > 0) {
      const token = tokens.shift()!;
      const [, word = '', head = ''] = /^\{\{(if|range|define|else|end)\b\s*([^]*)\}\}$/.exec(token) ?? [];
      if (!token.startsWith('{{')) nodes.push({ kind: 'text', text: token });
      else if (ends.includes(word)) return nodes.concat({ kind: 'output', pipeline: `${word} ${head}`.trim() });
      else if (word === 'define') this.named.set(JSON.parse(head) as string, withoutEnd(this.parse(tokens, ['end'])).nodes);
      else if (word === 'if' || word === 'range') nodes.push(this.parseBranch(tokens, word, head));
      else if (!/^\{\{\s*\/\*/.test(token)) nodes.push({ kind: 'output', pipeline: token.slice(2, -2).trim() });
    }
    if (ends.length > 0) throw new Error('A block is not closed.');
    return nodes;
  }

  private parseBranch(tokens: string[], word: 'if' | 'range', head: string): Node {
    const { nodes: body, end } = withoutEnd(this.parse(tokens, ['else', 'end']));
    if (end === 'end') return { kind: 'branch', word, head, body, otherwise: [] };
    // "else if" is an "if" inside "else" that shares its end.
    if (end !== 'else') return { kind: 'branch', word, head, body, otherwise: [this.parseBranch(tokens, 'if', end.replace(/^else if\s+/, ''))] };
    return { kind: 'branch', word, head, body, otherwise: withoutEnd(this.parse(tokens, ['end'])).nodes };
  }

  private write(nodes: Node[], scope: Scope): string {
    return nodes.map((node) => this.writeNode(node, scope)).join('');
  }

  private writeNode(node: Node, scope: Scope): string {
    if (node.kind === 'text') return node.text;
    if (node.kind === 'output') return this.writeOutput(node.pipeline, scope);
    if (node.word === 'if') return this.write(isTrue(this.pipeline(node.head, scope)) ? node.body : node.otherwise, scope);
    return this.writeRange(node, scope);
  }

  private writeOutput(pipeline: string, scope: Scope): string {
    const [, name, value] = /^(\$\w+)\s*:=\s*([^]+)$/.exec(pipeline) ?? [];
    if (!name || !value) return String(this.pipeline(pipeline, scope) ?? '');
    scope.variables[name] = this.pipeline(value, scope);
    return '';
  }

  private writeRange({ head, body }: Extract<Node, { kind: 'branch' }>, scope: Scope): string {
    const [, names, list] = /^(\$\w+(?:,\s*\$\w+)?)\s*:=\s*([^]+)$/.exec(head) ?? [];
    if (!names || !list) throw new Error(`This form of "range" is not known here: ${head}`);
    const all = this.pipeline(list, scope) as unknown[] | Record<string, unknown>;
    const [first, second] = names.split(/,\s*/) as [string, string | undefined];
    // Go walks through the keys of a map in their order.
    const entries: [unknown, unknown][] = Array.isArray(all) ? [...all.entries()] : Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1));
    return entries.map(([key, value]) => this.write(body, { dot: value, variables: { ...scope.variables, ...(second ? { [first]: key, [second]: value } : { [first]: value }) } })).join('');
  }

  private pipeline(text: string, scope: Scope): unknown {
    const steps = splitOutside(text, '|').map((step) => splitOutside(step, ' '));
    return steps.reduce<{ value: unknown }[]>((before, words) => [{ value: this.command(words, before, scope) }], [])[0]?.value;
  }

  private command([name = '', ...rest]: string[], before: { value: unknown }[], scope: Scope): unknown {
    const known = this.functions[name];
    const values = [...rest.map((word) => this.operand(word, scope)), ...before.map((one) => one.value)];
    if (name === 'include') return this.render(String(values[0]), values[1]);
    if (known) return known(...(values as never[]));
    if (values.length > 0) throw new Error(`The function "${name}" is not known here.`);
    return this.operand(name, scope);
  }

  private operand(word: string, scope: Scope): unknown {
    if (word.startsWith('(')) return this.pipeline(word.slice(1, -1), scope);
    if (/^["\d]/.test(word)) return JSON.parse(word);
    const [, root, path] = /^(\$\w*|)((?:\.\w*)*)$/.exec(word) ?? [];
    if (root === undefined) throw new Error(`This is not known here: ${word}`);
    if (root && !(root in scope.variables)) throw new Error(`The variable ${root} is not known.`);
    const names = (path ?? '').split('.').filter(Boolean);
    return names.reduce((value, name) => (value as Record<string, unknown> | null | undefined)?.[name], root ? scope.variables[root] : scope.dot);
  }
}

function withoutEnd(nodes: Node[]): { nodes: Node[]; end: string } {
  const last = nodes.at(-1);
  return { nodes: nodes.slice(0, -1), end: last?.kind === 'output' ? last.pipeline : '' };
}

/** Texts and actions in turn. `{{-` and `-}}` take the white space beside them away. */
function tokensOf(source: string): string[] {
  const trimmed = source.replace(/\s*\{\{- /g, '{{ ').replace(/ -\}\}\s*/g, ' }}');
  return trimmed.split(/(\{\{[^]*?\}\})/).filter((part) => part !== '').map((part) => (part.startsWith('{{') ? `{{${part.slice(2, -2).trim()}}}` : part));
}

/** Splits where the separator stands outside of quotes and brackets. */
function splitOutside(text: string, separator: string): string[] {
  const parts = [''];
  let depth = 0;
  let isQuoted = false;
  for (const character of text.trim()) {
    if (character === '"') isQuoted = !isQuoted;
    if (!isQuoted) depth += character === '(' ? 1 : character === ')' ? -1 : 0;
    if (character === separator && depth === 0 && !isQuoted) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** What counts as true in Go: everything that is not empty. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}
