/** The candidates that a text is likely a typing error of, the nearest first; of equally near ones in their order. */
export function nearest(text: string, candidates: readonly string[]): string[] {
  const wanted = text.toLowerCase();
  return candidates
    .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= allowed(wanted, candidate))
    .sort((a, b) => a.distance - b.distance)
    .map(({ candidate }) => candidate);
}

/** A third of the letters may be wrong, at least one. */
function allowed(text: string, candidate: string): number {
  return Math.max(1, Math.floor(Math.max(text.length, candidate.length) / 3));
}

/** How many letters must be put, left out, replaced or swapped with their neighbour to make one text the other. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (row[j - 1] ?? 0) + 1,
        (last[j] ?? 0) + 1,
        (last[j - 1] ?? 0) + cost,
        ...(swapped ? [(beforeLast[j - 2] ?? 0) + 1] : []),
      );
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
