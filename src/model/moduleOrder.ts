import { type ModuleTensors, roleOf } from './moduleTensors';

/** A place in the network that a module with tensors takes. */
export type Slot = 'Linear' | 'Conv2d' | 'BatchNorm' | 'PReLU';

/** One module for each slot; none where a normalisation has no tensors. */
export type Order = readonly (ModuleTensors | undefined)[];

/** States of the search after which an order counts as not told: a file can be made so that there are very many. */
const MOST_STATES = 20_000;

/**
 * The order in which modules fit one after the other, each taking what the one before gives.
 *
 * Names that differ in their numbers only (`fc1`, `fc2`; `layers.0.linear`, `layers.1.linear`) keep the order of these, and what is in one
 * container (`encoder.0`, `encoder.2`) stays together; beyond that the shapes decide.
 *
 * @param modules in natural order
 * @param slots what the network has, from the bottom up
 * @param channels what enters it, where that is known
 * @returns 'none' when no order fits, 'several' when names and shapes leave more than one
 */
export function orderOf(
  modules: readonly ModuleTensors[],
  slots: readonly Slot[],
  channels?: number,
): Order | 'none' | 'several' {
  const numbered = ordered(grouped(modules), slots, channels);
  // numbers may be no order, such as those of BatchNorm1d and BatchNorm2d; Linear layers alone that go against theirs are transposed
  const mixed = slots.some((slot) => slot !== 'Linear');
  return numbered === 'none' && mixed
    ? ordered(
        modules.map((module) => [module]),
        slots,
        channels,
      )
    : numbered;
}

/** The order of modules where that in each group is given. */
function ordered(
  groups: readonly (readonly ModuleTensors[])[],
  slots: readonly Slot[],
  channels: number | undefined,
): Order | 'none' | 'several' {
  const seen = new Map<string, readonly Order[]>();
  const orders = ordersFrom(
    groups.map(() => 0),
    0,
    channels,
    '',
  );
  if (seen.size >= MOST_STATES || orders.length > 1) return 'several';
  return orders[0] ?? 'none';

  /** At most two orders of what is left; the rest would tell no more. */
  function ordersFrom(
    next: readonly number[],
    slot: number,
    entering: number | undefined,
    container: string,
  ): readonly Order[] {
    const left = next.some((n, g) => n < groups[g].length);
    if (slot === slots.length) return left ? [] : [[]];
    const key = `${slot} ${entering} ${next} ${container}`;
    const known = seen.get(key);
    if (known || seen.size >= MOST_STATES) return known ?? [];
    const found: Order[] = [];
    const begun =
      container !== '' && groups.some((group, g) => group.slice(next[g]).some((m) => containerOf(m) === container));
    groups.forEach((group, g) => {
      const module = group[next[g]];
      if (begun && module && containerOf(module) !== container) return;
      if (!module || found.length > 1 || !fits(module, slots, slot, entering)) return;
      const after = next.map((n, other) => (other === g ? n + 1 : n));
      const affine = slots[slot] === 'Linear' || slots[slot] === 'Conv2d';
      const leaving = affine ? module.parts.get('weight')?.shape[0] : entering;
      for (const rest of ordersFrom(after, slot + 1, leaving, containerOf(module))) found.push([module, ...rest]);
    });
    // without affine parameters there is nothing to share of it
    if (slots[slot] === 'BatchNorm')
      for (const rest of ordersFrom(next, slot + 1, entering, container)) found.push([undefined, ...rest]);
    seen.set(key, found.slice(0, 2));
    return found.slice(0, 2);
  }
}

/** The first Linear takes the values of planes, so many for each channel. */
function fits(module: ModuleTensors, slots: readonly Slot[], k: number, entering: number | undefined): boolean {
  const [out, into] = (module.parts.get('weight') ?? module.parts.get('running_mean'))?.shape ?? [];
  if (roleOf(module) !== slots[k]) return false;
  if (slots[k] === 'BatchNorm') return out === entering;
  if (slots[k] === 'PReLU') return out === 1 || out === entering;
  if (entering === undefined || into === entering) return true;
  return slots[k] === 'Linear' && !slots.slice(0, k).includes('Linear') && into % entering === 0;
}

/** The outermost container that a module is in, after what all have in front; none where it stands alone. */
function containerOf({ path }: ModuleTensors): string {
  const dot = path.indexOf('.');
  return dot < 0 ? '' : path.slice(0, dot);
}

/** Modules whose names differ in their numbers only. */
function grouped(modules: readonly ModuleTensors[]): ModuleTensors[][] {
  const groups = new Map<string, ModuleTensors[]>();
  for (const module of modules) {
    const pattern = `${roleOf(module)} ${module.path.replace(/\d+/g, '#')}`;
    groups.set(pattern, [...(groups.get(pattern) ?? []), module]);
  }
  return [...groups.values()];
}
