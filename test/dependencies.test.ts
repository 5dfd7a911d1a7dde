import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const atRunTime: readonly string[] = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
const atBuildTime: readonly string[] = Object.keys(manifest.devDependencies);

/** The texts of all sources below a folder, without what was built there. */
function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (/^(node_modules|dist|build)$/.test(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(ts|mjs)$/.test(path) ? [readFileSync(path, 'utf8')] : [];
  });
}

/** Packages that the texts import or require, types included. */
function packages(texts: readonly string[]): string[] {
  const named = texts.flatMap((text) => ts.preProcessFile(text, true, true).importedFiles.map((file) => file.fileName));
  const outside = named.filter((name) => !/^(\.|node:)/.test(name) && !builtinModules.includes(name));
  return [...new Set(outside.map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name))].filter(
    (name) => name !== 'exan',
  );
}

const library = [
  ...sources('src'),
  ...sources(join('kernel-ext', 'kernel')),
  readFileSync('kernel-ext/install.ts', 'utf8'),
];
const tools = ['src', 'kernel-ext', 'notebooks', 'test'].flatMap(sources);

test('what the library and the kernel load is a dependency, what builds and tests them at least a devDependency', () => {
  assert.deepEqual(
    packages(library).filter((name) => !atRunTime.includes(name)),
    [],
  );
  assert.deepEqual(
    packages(tools).filter((name) => ![...atRunTime, ...atBuildTime].includes(name)),
    [],
  );
});

/** What an installed package expects beside itself. */
function peers(name: string): string[] {
  const path = join('node_modules', name, 'package.json');
  return existsSync(path) ? Object.keys(JSON.parse(readFileSync(path, 'utf8')).peerDependencies ?? {}) : [];
}

test('the library or the kernel names each dependency, or one it names needs it; cells choose the backends of tfjs', () => {
  const named = atRunTime.filter((name) => library.some((text) => new RegExp(`['"\`]${name}['"\`/]`).test(text)));
  const needed = [...named, ...named.flatMap(peers)];
  assert.deepEqual(
    atRunTime.filter((name) => !needed.includes(name) && !name.startsWith('@tensorflow/tfjs-')),
    [],
  );
});

test('versions are exact', () => {
  const all = Object.entries<string>({
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  });
  assert.deepEqual(
    all.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
    [],
  );
});
