import * as l10n from '@vscode/l10n';
import type { Event } from '@weaveflux/shared';
import { counted, isWorkloadKey, joined, nameOf, spoken } from '../names.ts';
import type { Target } from '../target.ts';
import { type ActivityFilter, passes } from './activity-filter.ts';
import type { Calendar } from './calendar.ts';
import { type ActivityItem, compareTimes, itemsOf } from './deliveries.ts';
import { detailOf, eventIcon, headlineOf } from './headline.ts';
import { makeRow, openCommand } from './make-row.ts';
import { type Row, type RowTooltip, under } from './row.ts';
import { placeOf } from './scene.ts';
import { severityWord } from './severity.ts';

/** So many rows are shown, deliveries counted once; a filter finds what is older. */
const LIMIT = 300;

/** One environment, as the view Activity is given it. */
export interface ActivityFacts {
  /** `Environment.id`. */
  readonly id: string;
  readonly name: string;
  /** Oldest first. */
  readonly events: readonly Event[];
}

/** What the view Activity is shown by. */
export interface ActivityOptions {
  readonly filter: ActivityFilter;
  readonly calendar: Calendar;
  readonly now: Date;
}

/** The rows of the view Activity: the days, the newest first, with what happened on them. */
export function activityRows(environments: readonly ActivityFacts[], options: ActivityOptions): Row[] {
  const { filter, calendar, now } = options;
  const test = passes(filter);
  const items = environments
    .flatMap(({ id, events }) => itemsOf(id, events.filter(test)).reverse())
    .sort((a, b) => compareTimes(b.time, a.time));
  const names = environments.length > 1 ? new Map(environments.map(({ id, name }) => [id, name])) : undefined;
  const days = [...Map.groupBy(items.slice(0, LIMIT), ({ time }) => calendar.day(time))];
  const rows = days.map(([day, members], index) => {
    const id = under('day', day);
    return makeRow({
      id,
      kind: 'day',
      label: calendar.dayName(members[0]?.time ?? '', now),
      description: sumOf(members),
      target: {},
      children: () => members.map((item) => itemRow(item, id, names, options)),
      collapsible: index === 0 ? 'expanded' : 'collapsed',
    });
  });
  return items.length <= LIMIT ? rows : [...rows, olderRow(items.length - LIMIT)];
}

/** `12`, or `2 errors, 1 warning of 12`. */
function sumOf(items: readonly ActivityItem[]): string {
  const errors = items.filter(({ main }) => main.severity === 'error').length;
  const warnings = items.filter(({ main }) => main.severity === 'warning').length;
  const bad = [
    ...(errors > 0 ? [counted(errors, l10n.t('1 error'), l10n.t('{0} errors'))] : []),
    ...(warnings > 0 ? [counted(warnings, l10n.t('1 warning'), l10n.t('{0} warnings'))] : []),
  ];
  return bad.length === 0 ? `${items.length}` : l10n.t('{0} of {1}', bad.join(', '), items.length);
}

function olderRow(count: number): Row {
  return makeRow({
    id: under('day', 'older'),
    kind: 'notice',
    label: counted(count, l10n.t('1 older event not shown'), l10n.t('{0} older events not shown')),
    description: l10n.t('a filter finds them'),
    target: {},
  });
}

type Names = ReadonlyMap<string, string> | undefined;

function itemRow(item: ActivityItem, parent: string, names: Names, options: ActivityOptions): Row {
  const { environment, events, main } = item;
  const name = names?.get(environment);
  const [first, ...others] = events;
  if (others.length === 0) return eventRow(first, environment, parent, name, options);
  const id = under(parent, environment, first.id);
  return makeRow({
    ...looksOf(main, environment, name, options),
    id,
    kind: 'delivery',
    description: joined(options.calendar.moment(item.time, options.now), sayDelivery(item), name),
    children: () => events.map((event) => eventRow(event, environment, id, undefined, options)).reverse(),
  });
}

/** Why a delivery failed; else who committed what. */
function sayDelivery({ events, main }: ActivityItem): string {
  const fetched = events.find(({ type }) => type === 'revision-fetched');
  return main.severity === 'info' && fetched !== undefined ? detailOf(fetched) : detailOf(main);
}

function eventRow(
  event: Event,
  environment: string,
  parent: string,
  name: string | undefined,
  options: ActivityOptions,
): Row {
  return makeRow({
    ...looksOf(event, environment, name, options),
    id: under(parent, environment, event.id),
    kind: 'event',
    description: joined(options.calendar.moment(event.time, options.now), detailOf(event), name),
  });
}

function looksOf(event: Event, environment: string, name: string | undefined, { calendar }: ActivityOptions) {
  const { object, severity, time, message } = event;
  const headline = headlineOf(event);
  return {
    flags: { objected: object !== undefined, imaged: object !== undefined && isWorkloadKey(object) },
    label: headline,
    icon: eventIcon(event),
    tooltip: { heading: headline, text: message, table: detailsOf(event, name, calendar) },
    accessibilityLabel: spoken(severityWord(severity), headline, message, calendar.full(time), name),
    target: targetOf(event, environment),
    command: opens(event) ? openCommand(targetOf(event, environment)) : ('none' as const),
  };
}

function opens({ object, revision, file }: Event): boolean {
  return object !== undefined || revision !== undefined || file !== undefined;
}

function detailsOf(event: Event, name: string | undefined, calendar: Calendar): RowTooltip['table'] {
  const { time, type, severity, object, revision, file, line } = event;
  return [
    [l10n.t('Time'), calendar.full(time)],
    [l10n.t('Type'), joined(type, severityWord(severity))],
    [l10n.t('Object'), object === undefined ? undefined : nameOf(object)],
    [l10n.t('Revision'), revision],
    [l10n.t('File'), file === undefined ? undefined : `${file}${line === undefined ? '' : `:${line}`}`],
    [l10n.t('Environment'), name],
  ];
}

function targetOf(event: Event, environment: string): Target {
  const { id, object, revision } = event;
  return {
    environment,
    event: id,
    ...(object === undefined ? {} : { workload: object }),
    ...(revision === undefined ? {} : { revision }),
    ...placeOf(event),
  };
}
