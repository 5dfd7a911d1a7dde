/** The part of JSON Schema that docs/audit.schema.json uses; a keyword beyond it is an error, so that none is passed over. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  readonly items?: Schema;
}

const notes = ['$schema', 'title', 'description'];
const keywords = [
  'type',
  'const',
  'enum',
  'pattern',
  'minimum',
  'properties',
  'required',
  'additionalProperties',
  'items',
];

/** What is wrong with a value, one line each; none where it conforms. */
export function violations(schema: Schema, value: unknown, at = '$'): string[] {
  const unknown = Object.keys(schema).filter((key) => !keywords.includes(key) && !notes.includes(key));
  if (unknown.length > 0) throw new Error(`${at}: the schema has ${unknown}, which is not checked here`);
  const found: string[] = [];
  const types = schema.type === undefined ? null : [schema.type].flat();
  if (types && !types.some((type) => isOf(type, value)))
    return [`${at} is ${JSON.stringify(value)}, expected ${types}`];
  if ('const' in schema && value !== schema.const)
    found.push(`${at} is ${JSON.stringify(value)}, expected ${schema.const}`);
  if (schema.enum && !schema.enum.includes(value))
    found.push(`${at} is ${JSON.stringify(value)}, expected one of ${schema.enum}`);
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(String(value)))
    found.push(`${at} does not match`);
  if (schema.minimum !== undefined && typeof value === 'number' && value < schema.minimum)
    found.push(`${at} is ${value}`);
  if (Array.isArray(value) && schema.items)
    return [...found, ...value.flatMap((v, i) => violations(schema.items as Schema, v, `${at}[${i}]`))];
  if (!isOf('object', value)) return found;
  const entries = value as Readonly<Record<string, unknown>>;
  const { properties = {}, required = [] } = schema;
  for (const key of required) if (!(key in entries)) found.push(`${at}.${key} is missing`);
  for (const [key, v] of Object.entries(entries)) {
    const own = properties[key];
    if (own) found.push(...violations(own, v, `${at}.${key}`));
    else if (schema.additionalProperties === false) found.push(`${at}.${key} is not in the schema`);
  }
  return found;
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}
