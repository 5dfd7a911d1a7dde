import {
  type AveragedGradient,
  certify,
  type Dataset,
  hasInput,
  type Method,
  type Mlp,
  type Reconstruction,
  type RecoveredSample,
  reconstructAsync,
  recovered,
  type Score,
  score,
  viz,
  type Watch,
} from '../../src/browser';
import { type Case, caseOf, type Setting } from './setting';

/** Samples by what is known of them. */
export interface Counts {
  readonly exact: number;
  /** within an error bar that the attack gives */
  readonly within: number;
  /** read, without proof and without an error bar */
  readonly unproven: number;
  readonly nothing: number;
}

/** What an attack came to, in plain values. */
export interface Attacked {
  readonly status: Reconstruction['status'];
  readonly reason: string;
  readonly seconds: number;
  readonly counts: Counts;
  /** the batch above what was read back, as SVG; null where nothing was */
  readonly picture: string | null;
  readonly certificate: { readonly verdict: string; readonly residual: number } | null;
  /** largest mean squared error of a digit that was read back, and labels that are right */
  readonly error: number | null;
  readonly labels: number;
}

/** What is attacked: a setting's gradient, as it is or as a defence left it. */
export interface AttackOrder {
  readonly setting: Setting;
  readonly methods?: readonly Method[];
  readonly seconds?: number;
}

/** Attacks a setting's gradient; the captions say how many exclusive neurons each digit has. */
export async function attack(digits: Dataset, order: AttackOrder, watch: Watch): Promise<Attacked> {
  const known = caseOf(digits, order.setting);
  const { methods, seconds = 60 } = order;
  const found = await reconstructAsync(known.model, known.gradient, { ...watch, seconds, ...(methods && { methods }) });
  const captions = known.state.counts.map(([count]) => String(count));
  return told(known, known.gradient, found, { captions, caption: 'exclusive neurons of each digit' });
}

/**
 * The answer in plain values; the truth is used for its picture and its error only.
 *
 * @param below what is written below each digit. @default how well it was read
 */
export function told(
  { model, secret }: Case,
  shared: AveragedGradient,
  found: Reconstruction,
  below?: { readonly captions: readonly string[]; readonly caption: string },
): Attacked {
  const all: readonly RecoveredSample[] = found.samples;
  const read = all.some(hasInput) ? recovered(found) : null;
  const counts = counted(all, secret.labels.length);
  const compared = read && score(read, secret);
  const size = secret.labels.length;
  const pictures = read ? { 'the batch': secret, 'read back': read } : { 'the batch': secret };
  const title = `${size} digits, ${size - counts.nothing} read back`;
  const captions = below ?? {
    captions: outcomes(all.filter(hasInput), compared, size),
    caption: 'how well each was read',
  };
  return {
    status: found.status,
    reason: found.reason,
    seconds: found.seconds,
    counts,
    picture: viz.staticPicture(viz.imageGrid(pictures, { ...captions, title })).data,
    certificate: read && proof(model, shared, found),
    error: compared?.mse.max ?? null,
    labels: compared ? Math.round(compared.labelAccuracy * size) : 0,
  };
}

function counted(all: readonly RecoveredSample[], size: number): Counts {
  const [exact, within, unproven] = [['exact'], ['approximate', 'merged'], ['estimate']].map(
    (kinds) => all.filter(({ status }) => kinds.includes(status)).length,
  ) as [number, number, number];
  return { exact, within, unproven, nothing: Math.max(0, size - exact - within - unproven) };
}

/** For each true digit how well it was read: exactly, within an error bar, or not. */
function outcomes(read: readonly RecoveredSample[], compared: Score | null, size: number): string[] {
  const words = new Array<string>(size).fill('not read');
  for (const { found, truth } of compared?.pairs ?? []) {
    const sample = read[found];
    if (sample?.status === 'exact') words[truth] = 'exact';
    else words[truth] = sample && 'error' in sample ? `± ${sample.error.toPrecision(1)}` : 'unproven';
  }
  return words;
}

function proof(model: Mlp, shared: AveragedGradient, found: Reconstruction): Attacked['certificate'] {
  const { verdict, residual } = certify(model, shared, recovered(found), found);
  return { verdict, residual };
}
