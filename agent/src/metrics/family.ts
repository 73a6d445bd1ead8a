type Labels = Readonly<Record<string, string>>;

/** All series of one metric: by the suffix of their name and their labels. */
export interface Family {
  readonly type: 'counter' | 'gauge' | 'histogram';
  add(suffix: string, labels: Labels, amount: number): void;
  set(suffix: string, labels: Labels, value: number): void;
  clear(): void;
  /** `# HELP`, `# TYPE` and a line a series. */
  print(): string;
}

/** A metric without series; one without labels shows 0 from the start, as Prometheus advises. */
export function createFamily(name: string, type: Family['type'], help: string, labels: readonly string[]): Family {
  const series = new Map<string, number>();
  if (labels.length === 0 && type !== 'histogram') series.set(name, 0);

  function seriesOf(suffix: string, given: Labels): string {
    const names = 'le' in given ? [...labels, 'le'] : labels;
    const pairs = names.map((label) => `${label}="${escapeValue(given[label] ?? '')}"`);
    return pairs.length === 0 ? `${name}${suffix}` : `${name}${suffix}{${pairs.join(',')}}`;
  }

  return {
    type,
    add(suffix, given, amount) {
      const key = seriesOf(suffix, given);
      series.set(key, (series.get(key) ?? 0) + amount);
    },
    set: (suffix, given, value) => void series.set(seriesOf(suffix, given), value),
    clear: () => series.clear(),
    print() {
      const lines = [...series].map(([key, value]) => `${key} ${printValue(value)}\n`);
      return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${lines.join('')}`;
    },
  };
}

function escapeValue(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function printValue(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
