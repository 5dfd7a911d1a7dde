import type * as TS from '@tslab/typescript-for-tslab';
import { type Converter, isCompleteCode } from 'tslab/dist/converter';
import { ts } from './compiler/typescript';

/** Jupyter counts Unicode characters, JavaScript UTF-16 units. */
const unitsAt = (text: string, characters: number): number => [...text].slice(0, characters).join('').length;
const charactersAt = (text: string, units: number): number => [...text.slice(0, units)].length;

/**
 * The reply to a completion request, with the kind of each candidate.
 *
 * @param modules names of modules that exist although their types are not read yet
 */
export function complete(
  converter: Converter,
  before: string,
  code: string,
  cursor: number,
  modules: readonly string[] = [],
): Record<string, unknown> {
  const found = converter.complete(before, code, unitsAt(code, cursor));
  const start = charactersAt(code, found.start);
  const end = charactersAt(code, found.end);
  const kinds = new Map((found.original?.entries ?? []).map(({ name, kind }) => [name, kind]));
  const typed = code.slice(found.start, unitsAt(code, cursor)).toLowerCase();
  const isMember = code[found.start - 1] === '.';
  const unread = isMember ? [] : modules.filter((name) => typed !== '' && name.startsWith(typed));
  for (const name of unread) kinds.set(name, 'module' as TS.ScriptElementKind);
  const candidates = [...new Set([...unread, ...found.candidates])];
  const beginning = candidates.filter((name) => name.toLowerCase().startsWith(typed));
  // tslab also offers names that only contain what was typed: welcome when nothing begins with it, a distraction else.
  const matches = beginning.length > 0 ? beginning : candidates;
  const types = matches.map((text) => ({ start, end, text, type: kinds.get(text) ?? '' }));
  return {
    status: 'ok',
    matches,
    cursor_start: start,
    cursor_end: end,
    metadata: { _jupyter_types_experimental: types },
  };
}

const textOf = (parts: readonly TS.SymbolDisplayPart[] = []): string => parts.map(({ text }) => text).join('');

function tagLine(tag: TS.JSDocTagInfo): string {
  const text = textOf(tag.text);
  if (tag.name === 'example') return `*@example*\n\`\`\`typescript\n${text}\n\`\`\``;
  const [, name, rest] = /^(\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  return tag.name === 'param' && name ? `*@param* \`${name}\` ${rest}` : `*@${tag.name}* ${text}`;
}

/** The reply to an inspection request: signature and documentation, as text and as markdown. */
export function inspectAt(converter: Converter, before: string, code: string, cursor: number): Record<string, unknown> {
  const at = unitsAt(code, cursor);
  // Behind a name, or behind its opening bracket, the user means the name.
  const candidates = [at, at - 1, at - 2].filter((place) => place >= 0 && place <= code.length);
  const info = candidates.map((place) => converter.inspect(before, code, place)).find((x) => x?.displayParts?.length);
  if (!info) return { status: 'ok', found: false, data: {}, metadata: {} };
  const signature = textOf(info.displayParts);
  const documentation = textOf(info.documentation);
  const tags = info.tags ?? [];
  const plain = [signature, documentation, ...tags.map((tag) => `@${tag.name} ${textOf(tag.text)}`)];
  const markdown = [`\`\`\`typescript\n${signature}\n\`\`\``, documentation, ...tags.map(tagLine)];
  return {
    status: 'ok',
    found: true,
    data: {
      'text/plain': plain.filter(Boolean).join('\n\n'),
      'text/markdown': markdown.filter(Boolean).join('\n\n'),
    },
    metadata: {},
  };
}

/** Errors that more text can cure: a comment or a template string that is still open. */
const stillOpen = new Set([1010, 1160]);

/** The reply to the question whether Enter should run the code or open a new line. */
export function isComplete(code: string): Record<string, unknown> {
  const { completed, indent } = isCompleteCode(code);
  if (!completed) return { status: 'incomplete', indent: indent ?? '' };
  const tree = ts.createSourceFile('cell.ts', `export {};\n${code}`, ts.ScriptTarget.ES2022) as TS.SourceFile & {
    parseDiagnostics: readonly TS.Diagnostic[];
  };
  if (tree.parseDiagnostics.some((problem) => stillOpen.has(problem.code))) return { status: 'incomplete', indent: '' };
  return { status: tree.parseDiagnostics.length > 0 ? 'invalid' : 'complete' };
}
