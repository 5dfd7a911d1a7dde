import assert from 'node:assert/strict';
import ts from 'typescript';

/** One statement of an example, and the result that `// => …` shows beside it or on the next line. */
export interface Step {
  readonly code: string;
  readonly result?: string;
}

/** The statements of an example with the results that they show. */
export function stepsOf(example: string): Step[] {
  const file = ts.createSourceFile('example.ts', example, ts.ScriptTarget.ES2022, true);
  return file.statements.map((statement, k) => {
    const next = file.statements[k + 1]?.getStart() ?? example.length;
    const result = /\/\/ => (.*)/.exec(example.slice(statement.end, next))?.[1]?.trim();
    const code = statement.getText();
    if (result === undefined) return { code };
    assert.ok(ts.isExpressionStatement(statement), `${code} shows a result, but is no expression`);
    return { code: statement.expression.getText(), result };
  });
}

/**
 * Fails unless a value is what the example shows: a literal, where a number with decimals or an exponent stands for all
 * that round to it, and typed arrays are shown as arrays.
 */
export function assertShown(actual: unknown, shown: string): void {
  const file = ts.createSourceFile('result.ts', `(${shown});`, ts.ScriptTarget.ES2022, true);
  const { parseDiagnostics } = file as unknown as { parseDiagnostics: readonly unknown[] };
  const [statement] = file.statements;
  assert.ok(
    parseDiagnostics.length === 0 && file.statements.length === 1 && statement && ts.isExpressionStatement(statement),
    `'// => ${shown}' is no value`,
  );
  const { expression } = statement;
  assert.deepEqual(
    actual,
    expectedFor(ts.isParenthesizedExpression(expression) ? expression.expression : expression, actual),
  );
}

/** The value that a literal means, where its numbers are those of the actual value if they round to what is written. */
function expectedFor(node: ts.Expression, actual: unknown): unknown {
  if (ts.isStringLiteral(node)) return node.text;
  if (ts.isArrayLiteralExpression(node)) {
    const values = node.elements.map((element, k) => expectedFor(element, (actual as ArrayLike<unknown>)?.[k]));
    return ArrayBuffer.isView(actual) ? Reflect.construct(actual.constructor, [values]) : values;
  }
  if (ts.isObjectLiteralExpression(node))
    return Object.fromEntries(
      node.properties.map((property) => {
        assert.ok(ts.isPropertyAssignment(property), `${property.getText()} is no value`);
        const key = ts.isStringLiteral(property.name) ? property.name.text : property.name.getText();
        return [key, expectedFor(property.initializer, (actual as Record<string, unknown>)?.[key])];
      }),
    );
  const text = node.getText();
  const constant = new Map<string, unknown>([
    ['true', true],
    ['false', false],
    ['null', null],
    ['undefined', undefined],
    ['Infinity', Number.POSITIVE_INFINITY],
  ]);
  if (constant.has(text)) return constant.get(text);
  const [, decimals, exponent = '0'] =
    /^-?\d+(?:\.(\d+))?(?:e(-?\d+))?$/.exec(text) ?? assert.fail(`${text} is no value`);
  const half = decimals || exponent !== '0' ? 0.5 * 10 ** (Number(exponent) - (decimals ?? '').length) : 0;
  const fits = typeof actual === 'number' && Math.abs(actual - Number(text)) <= half * (1 + 1e-9);
  return fits ? actual : Number(text);
}
