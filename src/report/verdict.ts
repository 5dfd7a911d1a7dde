import { norm } from '../math/matrix';
import { hasInput, type RecoveredSample } from '../reconstruction/result';

/** What an audit counted. */
export interface Counts {
  /** M; null where the update does not show it */
  readonly samples: number | null;
  /** proven: certificate and attack agree, and nothing else gives this update */
  readonly exact: number;
  /** known within error bars, or up to samples that are not told apart */
  readonly approximate: number;
  /** the largest of these error bars, root mean square per value; null where there is none */
  readonly errorBar: number | null;
  /** inputs without a proof that the update itself speaks for */
  readonly estimates: number;
  /** whether these are known up to their lengths only, as without biases */
  readonly lengthsOpen: boolean;
  /** samples of which only the label is known */
  readonly labels: number;
  /** quotients of single rows of which nothing says whether they are samples */
  readonly unjudged: number;
}

/**
 * How far the attacks came, the worst first:
 * - `proven`: some sample is known exactly, with a certificate
 * - `read`: some sample is known within error bars, or as an estimate that the update itself speaks for
 * - `hints`: labels, or quotients of single rows of which nobody can say here whether they are samples
 * - `nothing`: none of it, which is no proof of safety
 */
export type Level = 'proven' | 'read' | 'hints' | 'nothing';

/** What samples are called: pictures have a shape, records named columns. */
export type Noun = 'images' | 'records' | 'samples';

/** Part of a sample's root mean square that may be open of it before it no longer counts as read. */
const most = 0.3;

/** True for a sample that is only a guess: nothing bounds how far its input is off, or hardly anything. */
export function isVague(sample: RecoveredSample): boolean {
  if (!hasInput(sample) || sample.status === 'exact') return false;
  const open = sample.status === 'estimate' ? (sample.spread ?? 0) : sample.error;
  return !(open <= (most * norm(sample.input)) / Math.sqrt(sample.input.length));
}

/** Samples of an answer by what is known of them; a vague one counts for its label. */
export function countSamples(
  samples: readonly RecoveredSample[],
): Pick<Counts, 'exact' | 'approximate' | 'errorBar' | 'labels'> & { readonly guessed: number } {
  const clear = samples.filter((s) => !isVague(s));
  const bars = clear.flatMap((s) => (s.status === 'approximate' || s.status === 'merged' ? [s.error] : []));
  return {
    exact: clear.filter((s) => s.status === 'exact').length,
    approximate: bars.length,
    errorBar: bars.length > 0 ? Math.max(...bars) : null,
    guessed: clear.filter((s) => s.status === 'estimate').length,
    labels: samples.filter((s) => isVague(s) || (s.status === 'not-recovered' && s.label !== undefined)).length,
  };
}

/** See {@link Level}. */
export function levelOf({ exact, approximate, estimates, labels, unjudged }: Counts): Level {
  if (exact > 0) return 'proven';
  if (approximate + estimates > 0) return 'read';
  return labels + unjudged > 0 ? 'hints' : 'nothing';
}

/** The verdict in one sentence. */
export function verdictOf(counts: Counts, noun: Noun): string {
  const { exact, approximate, errorBar, estimates, lengthsOpen, labels, unjudged } = counts;
  const read = exact + approximate + estimates;
  const one = noun.slice(0, -1);
  if (read === 0) {
    const hints = [
      ...(labels > 0 ? [`the label${labels === 1 ? '' : 's'} of ${amount(labels, counts, noun)} can be read`] : []),
      ...(unjudged > 0 ? [`each of ${unjudged} quotients of its rows may be one, which anyone can look at`] : []),
    ];
    const nothing = `No training ${one} was read from this update by the attacks tried`;
    return hints.length > 0 ? `${nothing}, but ${hints.join(', and ')}.` : `${nothing}.`;
  }
  const bar = errorBar !== null ? ` of up to ${errorBar.toExponential(0)} per value` : '';
  const ways = [
    ...(exact > 0 ? [[exact, 'exactly'] as const] : []),
    ...(approximate > 0 ? [[approximate, `within error bars${bar}`] as const] : []),
    ...(estimates > 0
      ? [
          [
            estimates,
            `as ${estimates === 1 ? 'an estimate' : 'estimates'} without a proof${lengthsOpen ? ' and up to a factor' : ''}`,
          ] as const,
        ]
      : []),
  ];
  const [first] = ways;
  const how = ways.length > 1 ? '' : exact > 0 ? ' exactly' : `, ${first?.[1]},`;
  const split = ways.length === 1 ? '' : `: ${ways.map(([n, way]) => `${n} ${way}`).join(', ')}`;
  const rest = labels > 0 ? `; of ${labels} more the label` : '';
  return `${amount(read, counts, noun)} can be read${how} from this update by anyone who sees it${split}${rest}.`;
}

/** "7 of 8 training images", as far as the number of all is known. */
function amount(n: number, { samples }: Counts, noun: Noun): string {
  const all = samples !== null && n <= samples ? samples : null;
  const many = (all ?? n) === 1 ? noun.slice(0, -1) : noun;
  return all === null ? `${n} training ${many}` : `${n} of ${all} training ${many}`;
}
