/** "Did you mean": the nearest of the words that would have been right. Pure. */
import { closest, distance } from 'fastest-levenshtein';

/** A sentence's end such as ` (did you mean "title"?)`; empty when nothing is near. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  if (candidates.length === 0 || word.length > 100) return '';
  const nearest = closest(word, candidates);
  const isNear = distance(word.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, Math.floor(nearest.length / 3));
  return isNear ? ` (did you mean "${nearest}"?)` : '';
}
