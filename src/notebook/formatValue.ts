import { inspect } from 'node:util';

/**
 * A value as it is read in a table: four digits, an exponent where the size needs one.
 *
 * @example
 * formatValue(0.123456);  // => '0.1235'
 * formatValue(1.5e-29);   // => '1.5e-29'
 */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'object' && Symbol.iterator in value)
    return Array.from(value as Iterable<unknown>, formatValue).join(', ');
  return typeof value === 'object'
    ? inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY })
    : String(value);
}

function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e9) return String(value);
  return size >= 1e-3 && size < 1e6 ? String(Number(value.toPrecision(4))) : value.toExponential(1);
}
