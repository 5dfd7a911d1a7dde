import { attackPanel } from '../page/attackPanel';
import { button, element, latest, say, show, slider } from '../page/controls';
import { ask } from '../page/library';
import { counted } from '../page/words';
import type { Exclusivity } from '../worker/exclusivity';

/** "Exclusive neurons": they go as the batch grows, and come with width. */
export function exclusive(): void {
  let seed = 1;
  const setting = () => ({ size: size.value(), width: 2 ** power.value(), seed });
  const draw = latest(async () => {
    panel.clear();
    const own = setting();
    const found = await ask('exclusivity', own);
    tally(found);
    paint(found, own);
    show('curve', found.curve);
    element('map').dataset.setting = `${own.size} ${own.width} ${own.seed}`;
  });
  const size = slider('size', () => void draw(null));
  const power = slider(
    'width',
    () => void draw(null),
    (v) => String(2 ** v),
  );
  button('another', () => {
    seed++;
    void draw(null);
  });
  const panel = attackPanel((watching) => ask('attack', { setting: setting(), methods: ['exan'] }, watching));
  void draw(null);
}

function tally({ counts, expected, insecure }: Exclusivity): void {
  const mean = counts.reduce((sum, v) => sum + v, 0) / counts.length;
  const [none, few] = [counts.filter((v) => v === 0).length, counts.filter((v) => v === 1).length];
  say('measured', mean.toFixed(2));
  say('expected', expected < 0.01 ? expected.toExponential(1) : expected.toFixed(2));
  say('none', `${none} of ${counts.length}`);
  say('two', `${counts.length - none - few} of ${counts.length}`);
  say(
    'boundary',
    insecure
      ? 'Every digit has at least two exclusive neurons: the batch lies in the paper’s insecure boundary, and exclusive neurons alone give all of it away.'
      : `${counted(none + few, 'digit has', 'digits have')} fewer than two exclusive neurons: the batch lies outside the paper’s insecure boundary. That is no safety, as the next lesson shows.`,
  );
}

/** A row of cells for each digit, a column for each neuron, by the colours of the style sheet. */
function paint({ map }: Exclusivity, { size, width }: { size: number; width: number }): void {
  const canvas = element<HTMLCanvasElement>('map');
  const context = canvas.getContext('2d');
  if (!context) return;
  const style = getComputedStyle(document.documentElement);
  const colours = ['--silent', '--shared', '--alone'].map((name) => style.getPropertyValue(name).trim());
  const tall = Math.max(1, Math.round(128 / size)); // pixels of a row
  [canvas.width, canvas.height] = [width, size * tall];
  for (let m = 0; m < size; m++)
    for (let j = 0; j < width; j++) {
      context.fillStyle = colours[map[m * width + j] as number] as string;
      context.fillRect(j, m * tall, 1, tall);
    }
  canvas.style.height = `${Math.max(96, Math.min(320, 10 * size))}px`;
}
