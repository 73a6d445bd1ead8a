import { createFamily, type Family } from './family.ts';

/** A value that only grows. */
export interface Counter<Label extends string> {
  add(labels: Readonly<Record<Label, string>>, amount?: number): void;
}

/** A value as it is now. `replace` sets all of its series at once, so that those no longer there disappear. */
export interface Gauge<Label extends string> {
  set(labels: Readonly<Record<Label, string>>, value: number): void;
  replace(series: readonly { readonly labels: Readonly<Record<Label, string>>; readonly value: number }[]): void;
}

/** How often values fell below bounds; base units (seconds). */
export interface Histogram<Label extends string> {
  observe(labels: Readonly<Record<Label, string>>, value: number): void;
}

/** A set of metrics that prints itself in the Prometheus text format 0.0.4. */
export interface Registry {
  counter<Label extends string>(name: string, help: string, labels: readonly Label[]): Counter<Label>;
  gauge<Label extends string>(name: string, help: string, labels: readonly Label[]): Gauge<Label>;
  histogram<Label extends string>(
    name: string,
    help: string,
    labels: readonly Label[],
    bounds: readonly number[],
  ): Histogram<Label>;
  print(): string;
}

/** An empty registry. Names are unique; a second metric of a name is a mistake of the program and throws. */
export function createRegistry(): Registry {
  const families = new Map<string, Family>();

  function add(name: string, type: Family['type'], help: string, labels: readonly string[]): Family {
    if (families.has(name)) throw new Error(`metric ${name} is defined twice`);
    const family = createFamily(name, type, help, labels);
    families.set(name, family);
    return family;
  }

  return {
    counter(name, help, labels) {
      const family = add(name, 'counter', help, labels);
      return { add: (at, amount = 1) => family.add('', at, amount) };
    },
    gauge(name, help, labels) {
      const family = add(name, 'gauge', help, labels);
      return {
        set: (at, value) => family.set('', at, value),
        replace(series) {
          family.clear();
          for (const { labels: at, value } of series) family.set('', at, value);
        },
      };
    },
    histogram(name, help, labels, bounds) {
      const family = add(name, 'histogram', help, labels);
      return {
        observe(at, value) {
          for (const bound of bounds) family.add('_bucket', { ...at, le: String(bound) }, value <= bound ? 1 : 0);
          family.add('_bucket', { ...at, le: '+Inf' }, 1);
          family.add('_sum', at, value);
          family.add('_count', at, 1);
        },
      };
    },
    print: () => [...families.values()].map((family) => family.print()).join(''),
  };
}
