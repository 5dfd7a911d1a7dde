import { dirname } from 'node:path';

/** The compiler that tslab brings along: its own TypeScript 5.0.4, not the project's. */
export type TypeScript = typeof import('@tslab/typescript-for-tslab');

/** Where tslab's compiler lies; tslab's own modules must meet the same instance. */
export const typescriptPath: string = require.resolve('@tslab/typescript-for-tslab', {
  paths: [dirname(require.resolve('tslab/package.json'))],
});

/** tslab's compiler. */
export const ts: TypeScript = require(typescriptPath);
