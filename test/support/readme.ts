import { readFileSync } from 'node:fs';

export const readme = readFileSync('README.md', 'utf8');

/** The fenced blocks in this language, without their fences; the README's where no other text is given. */
export function blocks(language: string, text: string = readme): string[] {
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, code]) => code as string);
}

/** What is read aloud: no code, tables, headings, pictures or addresses. */
export function prose(): string {
  return readme
    .replace(/```.*?```/gs, '')
    .replace(/^[|#!].*$/gm, '')
    .replace(/\]\([^)]*\)/g, ']');
}
