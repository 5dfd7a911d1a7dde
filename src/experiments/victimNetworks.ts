import { type ConvNetOptions, convNet } from '../model/convNet';
import type { ConvInitialiser } from '../model/initialiseConv';
import { lenet, vgg13 } from '../model/victims';
import type { ConvNet, ImageShape } from '../types';

/** Networks with convolutions by name; strided and pooled: three and two convolutions under a head of 256 neurons. */
export const victimNames = ['strided', 'pooled', 'lenet', 'vgg13'] as const;

export type VictimName = (typeof victimNames)[number];

/** The network of a name for pictures of a shape; InputError for a side that does not fit it. */
export function victimNetwork(
  name: VictimName,
  { width, channels }: ImageShape,
  { classes, init, seed }: { readonly classes: number; readonly init: ConvInitialiser; readonly seed: number },
): ConvNet {
  const common = { classes, init, seed };
  const small: Pick<ConvNetOptions, 'input' | 'head'> = {
    input: { channels, height: width, width },
    head: [256],
  };
  const makers: Record<VictimName, () => ConvNet> = {
    vgg13: () => vgg13({ ...common, channels, side: width as 32 }),
    lenet: () => lenet({ ...common, channels, side: width as 28 }),
    strided: () => convNet({ ...small, ...common, plan: stridedPlan }),
    pooled: () => convNet({ ...small, ...common, plan: pooledPlan }),
  };
  return makers[name]();
}

const stridedPlan = [64, { filters: 64, stride: 2 }, { filters: 256, stride: 2 }] as const;
const pooledPlan = [64, 'maxPool', 128, 'maxPool'] as const;
