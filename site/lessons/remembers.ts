import { attackPanel } from '../page/attackPanel';
import { button, element, latest, say, show, slider } from '../page/controls';
import { ask } from '../page/library';
import { counted, tiny } from '../page/words';
import type { Drawn } from '../worker/rows';

const width = 512;

/** "A gradient remembers": a row of the gradient is the digit whose neuron nobody else turns on. */
export function remembers(): void {
  let seed = 1;
  let shown: Drawn | undefined;
  const setting = () => ({ size: size.value(), width, seed });

  const look = latest(async (place: number) => {
    const chosen = shown?.neurons[place];
    if (!shown || !chosen) return;
    const { neuron, samples } = chosen;
    const { row, digits, difference } = await ask('row', { setting: setting(), neuron });
    show('row', row);
    show('digits', digits);
    say(
      'row-words',
      difference === null
        ? `Neuron ${neuron} is turned on by ${samples.length} digits: its row is a mixture of them.`
        : `Neuron ${neuron} is exclusive: one digit alone turns it on. Its row, divided by its bias’s gradient, differs from that digit by at most ${tiny(difference)} in any pixel.`,
    );
  });
  const draw = latest(async () => {
    panel.clear();
    shown = await ask('drawn', setting());
    show('batch', shown.picture);
    say('batch-words', `${counted(shown.exclusive, 'neuron', 'neurons')} of ${width} are exclusive in this batch.`);
    neuron.limit(shown.neurons.length - 1);
    await look(neuron.value());
    element('batch').dataset.seed = String(seed);
  });

  const size = slider('size', () => void draw(null));
  const neuron = slider(
    'neuron',
    (place) => void look(place),
    (place) => {
      const there = shown?.neurons[place];
      return there ? `number ${there.neuron}, ${counted(there.samples.length, 'digit', 'digits')}` : '';
    },
  );
  button('another', () => {
    seed++;
    void draw(null);
  });
  const panel = attackPanel((watching) => ask('attack', { setting: setting() }, watching));
  void draw(null);
}
