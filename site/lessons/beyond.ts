import { attackPanel } from '../page/attackPanel';
import { button, element, latest, say, show, slider } from '../page/controls';
import { ask } from '../page/library';
import { counted } from '../page/words';

const width = 512;

/** "Beyond the boundary": pattern pursuit reads batches in which most digits have no exclusive neuron. */
export function beyond(): void {
  let seed = 1;
  const setting = () => ({ size: size.value(), width, seed });
  const draw = latest(async () => {
    panel.clear();
    const own = setting();
    const [{ counts }, { picture }] = await Promise.all([ask('exclusivity', own), ask('drawn', own)]);
    show('batch', picture);
    const [none, two] = [counts.filter((v) => v === 0).length, counts.filter((v) => v >= 2).length];
    say(
      'batch-words',
      `${counted(none, 'digit', 'digits')} of ${own.size} ${none === 1 ? 'has' : 'have'} no exclusive neuron at all, ${two} ${two === 1 ? 'has' : 'have'} the two that the paper’s attack needs.`,
    );
    element('batch-words').dataset.setting = `${own.size} ${own.seed}`;
  });
  const size = slider('size', () => void draw(null));
  button('another', () => {
    seed++;
    void draw(null);
  });
  const panel = attackPanel((watching) => ask('attack', { setting: setting(), seconds: 120 }, watching));
  void draw(null);
}
