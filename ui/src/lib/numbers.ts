const COUNT = new Intl.NumberFormat("en-US");

/** 12345 → "12,345"; unknown is "–" and never 0. */
export function count(value: number | null | undefined): string {
  return value == null ? "–" : COUNT.format(value);
}

/** 0.9731 → "97.3 %"; unknown is "–". Rounded down, so that a broken promise never reads as a kept one. */
export function percent(share: number | null | undefined): string {
  if (share == null) return "–";
  const tenths = Math.floor(share * 1_000 + 1e-9) / 10;
  return `${tenths === 100 ? "100" : tenths.toFixed(1)} %`;
}

/** "1 job", "2 jobs". */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
