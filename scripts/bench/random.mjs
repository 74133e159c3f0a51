// Chance that repeats: the same seed gives the same numbers on every machine.

/** Numbers of mulberry32, and the distributions that logs are made of. */
export function random(seed) {
  let state = seed >>> 0;
  const bits = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  const unit = () => bits() / 2 ** 32;
  const below = (n) => Math.floor(unit() * n);
  const between = (from, to) => from + below(to - from);
  const digits = (count) => {
    let text = '';
    while (text.length < count) text += bits().toString(16).padStart(8, '0');
    return text.slice(0, count);
  };
  return {
    unit,
    below,
    /** A whole number from `from` on, below `to`. */
    between,
    pick: (list) => list[below(list.length)],
    /** `count` hexadecimal digits. */
    hex: digits,
    uuid() {
      const h = digits(32);
      return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
    },
    /** An address outside the private and the multicast ranges' first bytes. */
    address() {
      const n = between(0x0b000000, 0xdf000000);
      return `${n >>> 24}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`;
    },
    pareto: (shape) => (1 - unit()) ** (-1 / shape),
    logNormal: (mean, deviation) => Math.exp(mean + deviation * Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit())),
    /** Picks from `list`: the n-th is 1/nˢ times as frequent as the first. */
    zipf: (list, s) => weighted(unit, list, list.map((_, i) => 1 / (i + 1) ** s)),
    /** Picks from `list` by these weights. */
    weighted: (list, weights) => weighted(unit, list, weights),
  };
}

function weighted(unit, list, weights) {
  const upTo = new Float64Array(list.length);
  let all = 0;
  weights.forEach((weight, i) => { upTo[i] = all += weight; });
  return () => {
    const at = unit() * all;
    let from = 0;
    let to = list.length - 1;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (upTo[middle] <= at) from = middle + 1; else to = middle;
    }
    return list[from];
  };
}
