/** The few numbers every measurement here is reduced to. */

/**
 * @param {readonly number[]} values
 * @param {number} fraction 0.5 = median, 0.99 = p99 (nearest rank)
 */
export function quantile(values, fraction) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(sorted.length * fraction) - 1)] ?? Number.NaN;
}

/** @param {readonly number[]} values */
export function median(values) {
  return quantile(values, 0.5);
}

/** Milliseconds that `run` took. @param {() => void} run */
export function timed(run) {
  const startedAt = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - startedAt) / 1e6;
}

/** Same seed, same numbers: two runs of the bench ask the same questions. */
export function randomOf(seed) {
  let state = seed >>> 0;
  /** @returns {number} 0 <= x < 1 */
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * A measured value beside its baseline of the same run. `limits` are the largest `ratio` and `value` that are `ok`; a
 * figure without limits is only told.
 * @typedef {{ id: string, title: string, unit: string, value: number, baseline: number | null, ratio: number | null,
 *   limits: { ratio?: number, value?: number }, status: 'ok' | 'miss' | 'info', details?: Record<string, unknown> }} Figure
 */

/**
 * @param {{ id: string, title: string, unit: string, value: number, baseline?: number, ratio?: number,
 *   limits?: { ratio?: number, value?: number }, details?: Record<string, unknown> }} measured
 * @returns {Figure}
 */
export function figureOf({ id, title, unit, value, baseline = null, ratio, limits = {}, details }) {
  const quotient = ratio ?? (baseline === null ? null : value / baseline);
  const misses = [
    limits.ratio !== undefined && !(quotient <= limits.ratio),
    limits.value !== undefined && !(value <= limits.value),
  ];
  const status = Object.keys(limits).length === 0 ? 'info' : misses.includes(true) ? 'miss' : 'ok';
  return { id, title, unit, value, baseline, ratio: quotient, limits, status, ...(details && { details }) };
}
