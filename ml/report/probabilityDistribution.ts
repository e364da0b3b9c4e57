export interface DistributionBin {
  readonly from: number;
  readonly to: number;
  readonly negatives: number;
  readonly positives: number;
}

const binCount = 20;

/** How many rows of each class got which probability, in bins of equal width. */
export function probabilityDistribution(labels: Uint8Array, probabilities: Float64Array): DistributionBin[] {
  const counts = Array.from({ length: binCount }, () => ({ negatives: 0, positives: 0 }));
  for (let row = 0; row < labels.length; row++) {
    const bin = counts[Math.min(Math.floor(probabilities[row] * binCount), binCount - 1)];
    if (labels[row] === 1) bin.positives++;
    else bin.negatives++;
  }
  return counts.map((bin, place) => ({ from: place / binCount, to: (place + 1) / binCount, ...bin }));
}
