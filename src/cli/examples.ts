import type { CommandUnknownOpts } from '@commander-js/extra-typings';

/** One use of each command, as it would be typed; what a command says below its help by itself stays its own. */
const examples: Readonly<Record<string, string>> = {
  demo: '--data mnist --size 8 --widths 784,512,10 --seed 1',
  exposure: '--size 32 --epochs 5 --rate 0.1',
  witness: '--size 64 --widths 784,32,10 --bounds 0,1 --out out/witness',
  defend: '--evaluate --size 8 --seeds 1 --out out/defences',
  compare: '--attacks exan,spear,ig --size 8 --seeds 1 --budget 5',
  'sweep phase': '--sizes 8,32,64,128 --widths 512 --seeds 5 --workers 2 --out out/phase',
  'sweep robustness': '--size 8 --noise 1e-6,1e-3,0.1 --prune 0.9 --seeds 3',
  'sweep federated': '--sizes 8,32 --epochs 1,5 --rates 0.1 --seeds 2',
  'sweep training': '--steps 0,100,1000 --seeds 3 --out out/training',
  'sweep boundary': '--sizes 1,2,4 --seeds 1 --out out/boundary',
  'sweep convolutions': '--data mnist --network strided --sizes 1,2 --seeds 1',
  lab: '',
  figure: 'imageGrid phaseDiagram --seed 1 --out out/figures',
  'sweep defences': '--size 8 --seeds 3 --steps 40 --out out/defences',
  'sweep compare': '--attacks exan,spear,dlg --size 1,8 --seeds 5 --budget 10 --workers 1',
  'sweep merge': 'out/phase --fail-on gaps',
  'sweep script': '--slurm --shards 50 phase --sizes 8,32,64 --seeds 20 --out out/phase',
  worker: '--redis redis://127.0.0.1:6379 --workers 2',
  install: '--prefix .venv',
  uninstall: '--prefix .venv',
};

/** Adds an example to the help of each command that has one. */
export function addExamples(command: CommandUnknownOpts, path: readonly string[] = []): void {
  const name = path.join(' ');
  const example = examples[name];
  if (example !== undefined) command.addHelpText('after', `\nExample:\n  npx exan ${name} ${example}`.trimEnd());
  for (const sub of command.commands) addExamples(sub, [...path, sub.name()]);
}
