import type { Attacked } from '../worker/attack';

/** A count with its noun. */
export function counted(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** A small number as people write it: 3 × 10⁻³². */
export function tiny(value: number): string {
  if (value === 0) return '0';
  const [digits = '', power = '0'] = value.toExponential(0).split('e');
  const raised = [...String(Number(power))].map((c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)])).join('');
  return `${digits} × 10${raised}`;
}

/** What an attack came to, in two or three sentences. */
export function inWords({ status, reason, counts, certificate, error, labels, seconds }: Attacked): string {
  const { exact, within, unproven, nothing } = counts;
  const all = exact + within + unproven + nothing;
  const end = `It took ${seconds.toFixed(2)} s.`;
  if (nothing === all) return `Nothing was read back of ${counted(all, 'digit', 'digits')}: ${reason}. ${end}`;
  const parts = [
    exact > 0 ? `${exact} of ${all} exactly` : '',
    within > 0 ? `${within} of ${all} within error bars` : '',
    unproven > 0 ? `${unproven} of ${all} without proof` : '',
    nothing > 0 ? `${nothing} not` : '',
  ].filter((part) => part !== '');
  const truth = `Held against the batch: mean squared error at most ${tiny(error ?? 0)}, ${labels} of ${all} labels right.`;
  const proof =
    certificate?.verdict === 'holds'
      ? `The certificate holds: replayed, these digits give the shared gradient up to a relative residual of ${tiny(certificate.residual)}.`
      : status === 'exact'
        ? ''
        : `No certificate: ${reason}.`;
  return `Read back: ${parts.join(', ')}. ${proof} ${truth} ${end}`;
}
