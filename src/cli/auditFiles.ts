import { type Readings, readingsOf } from '../baselines/judged/readings';
import { type FoundDecay, weightDecay } from '../baselines/judged/weightDecay';
import { check, shown } from '../check';
import { checkGradient } from '../gradient/checkGradient';
import { readGradient } from '../gradient/gradientFile';
import { onlySgd } from '../gradient/localUpdate';
import { readUpdate } from '../gradient/updateFile';
import { readConvNet } from '../model/convNetFile';
import { mlpOf } from '../model/mlp';
import { readModel } from '../model/modelFile';
import { type ReconstructAsyncOptions, reconstructAsync } from '../reconstruction/reconstructAsync';
import { reconstructUpdateAsync } from '../reconstruction/reconstructUpdateAsync';
import { hasInput, type Reconstruction, type RecoveredSample } from '../reconstruction/result';
import { asGradient, certified, certifiedUpdate } from '../report/finding';
import type { Evidence } from '../report/report';
import { isVague } from '../report/verdict';
import type { AveragedGradient, ConvNet, Mlp, ObservedUpdate, Reduction, ToldTraining } from '../types';

/** Which files, and what is told of them (a type, since commander asks for one). */
export type AuditValues = {
  readonly model: string;
  readonly gradient?: string | undefined;
  readonly after?: string | undefined;
  readonly update?: string | undefined;
  readonly rate?: number | undefined;
  readonly steps?: number | undefined;
  readonly epochs?: number | undefined;
  readonly batch?: number | undefined;
  readonly momentum?: number | undefined;
  readonly optimiser?: string | undefined;
  readonly architecture?: string | undefined;
  readonly reduction: Reduction;
  readonly length: 'solve' | 'paper';
  readonly scale: number;
  readonly box?: readonly [number, number] | undefined;
};

/** How long, on how many threads, and who looks on. */
export type Attack = Pick<ReconstructAsyncOptions, 'seconds' | 'workers' | 'signal' | 'onProgress'>;

/** Called with the model before any attack, to refuse what does not fit it. */
export type FitsModel = (model: Mlp | ConvNet) => void;

/** Seconds for each of the attacks that come after the exact ones, at most. */
const afterwards = 10;

/** Reads the files that the options name and runs what there is: exact attacks, then, where these leave something, weaker ones. */
export function auditFiles(values: AuditValues, attack: Attack, fits: FitsModel): Promise<Evidence> {
  return shared(values) === 'gradient' ? ofGradient(values, attack, fits) : ofUpdate(values, attack, fits);
}

/** Which of the three ways to share there is: one. */
function shared(values: AuditValues): 'gradient' | 'after' | 'update' {
  const given = (['gradient', 'after', 'update'] as const).filter((name) => values[name] !== undefined);
  const [only] = given;
  check(
    given.length === 1 && only !== undefined,
    () => `exan audit: got ${given.length} of --gradient, --after and --update, expected one of them`,
  );
  const steps = (['rate', 'steps', 'epochs', 'batch', 'momentum', 'optimiser'] as const).find(
    (name) => values[name] !== undefined,
  );
  check(
    only !== 'gradient' || steps === undefined,
    () => `exan audit: --${steps} belongs to the local steps of --after or --update, and there is a --gradient`,
  );
  return only;
}

async function ofGradient(
  { architecture, reduction, length, scale, box, ...values }: AuditValues,
  attack: Attack,
  fits: FitsModel,
): Promise<Evidence> {
  const model = architecture === undefined ? readModel(values.model) : readConvNet(values.model, architecture);
  const files = architecture === undefined ? {} : { architecture, model: values.model };
  const shared = readGradient(values.gradient ?? '', { reduction, ...files });
  checkGradient(model, shared, 'exan audit');
  fits(model);
  const dense = denseOf(model);
  const decay = dense && weightDecay(dense, shared);
  const gradient = decay?.gradient ?? shared;
  const found = await reconstructAsync(model, gradient, { ...attack, length, scale, ...(box && { box }) });
  return {
    model,
    steps: 'one',
    precision: gradient.precision,
    certified: certified(model, gradient, found),
    prove: (other) => certified(model, gradient, other).certificate,
    readings: await weaker(dense, gradient, found, attack),
    decay,
  };
}

async function ofUpdate(values: AuditValues, attack: Attack, fits: FitsModel): Promise<Evidence> {
  const { model, after, update: difference } = values;
  const files = {
    before: model,
    ...(after !== undefined && { after }),
    ...(difference !== undefined && { difference }),
  };
  const { update, decay } = withoutDecay(readUpdate(files, trainingOf(values)));
  fits(update.before);
  const found = await reconstructUpdateAsync(update, attack);
  const { before, precision } = update;
  const single = found.training?.epochs === 1 && found.training.batchSize === undefined;
  return {
    model: before,
    steps: single ? 'one' : 'several',
    precision,
    certified: certifiedUpdate(update, found),
    prove: (other) => certifiedUpdate(update, other).certificate,
    readings: await weaker(before, asGradient(update), found, attack),
    decay,
  };
}

/** What the update would be without weight decay, where it shows any. */
function withoutDecay(update: ObservedUpdate): { readonly update: ObservedUpdate; readonly decay: FoundDecay | null } {
  const { before } = update;
  const { rate: _, ...rest } = update;
  const decay = weightDecay(before, asGradient(rest), 'of the weights');
  if (!decay) return { update, decay };
  const less = (values: Float64Array, moved: Float64Array | undefined): Float64Array =>
    values.map((v, k) => v - (moved?.[k] ?? 0));
  const dense = before.dense.map(({ weight, bias }, i) => {
    const moved = decay.gradient.gradients[i];
    const next = { weight: { ...weight, data: less(weight.data, moved?.weight.data) } };
    return bias ? { ...next, bias: less(bias, moved?.bias) } : next;
  });
  return { update: { ...update, after: mlpOf(dense, before.activations) }, decay };
}

/** Weaker attacks on what the exact ones left; null where they left nothing, or where convolutions are in the way. */
async function weaker(
  model: Mlp | null,
  gradient: AveragedGradient,
  found: Reconstruction,
  attack: Attack,
): Promise<Readings | null> {
  if (!model || found.status === 'exact' || found.status === 'approximate') return null;
  const all: readonly RecoveredSample[] = found.samples;
  const clear = all.flatMap((s) => (hasInput(s) && !isVague(s) ? [s.input] : []));
  if (found.batchSize !== null && clear.length >= found.batchSize) return null;
  const { seconds = afterwards, signal, onProgress } = attack;
  return readingsOf(model, gradient, clear, {
    seconds: Math.max(1, Math.min(afterwards, seconds)),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
    unproven: found.unproven,
  });
}

/** The network where all of it is dense. */
function denseOf(model: Mlp | ConvNet): Mlp | null {
  if (!('stack' in model)) return model;
  return model.stack.length === 0 ? model.head : null;
}

/** The client's steps as far as the options say them: what does not apply is refused. */
function trainingOf(values: AuditValues): ToldTraining {
  const { rate, steps, epochs, batch, momentum, optimiser, architecture, reduction, length, scale, box } = values;
  check(
    optimiser === undefined || optimiser === 'sgd',
    () => `exan audit: --optimiser is ${shown(optimiser ?? '')}, ${onlySgd}`,
  );
  check(
    steps === undefined || (epochs === undefined && batch === undefined),
    () => 'exan audit: expected either --steps, on the whole local batch, or --epochs and --batch, in mini-batches',
  );
  check(
    architecture === undefined && reduction === 'mean' && length === 'solve' && scale === 1 && !box,
    () =>
      'exan audit: --architecture, --reduction, --length, --scale and --box belong to a gradient, not to local steps',
  );
  const passes = steps ?? epochs;
  return {
    ...(rate !== undefined && { rate }),
    ...(passes !== undefined && { epochs: passes }),
    ...(epochs !== undefined && { batchSize: batch ?? ('unknown' as const) }),
    ...(batch !== undefined && { batchSize: batch }),
    ...(momentum !== undefined && { momentum }),
  };
}
