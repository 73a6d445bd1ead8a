import * as l10n from '@vscode/l10n';
import type { HealthState, ImageStatus, Status } from '@weaveflux/shared';
import type { AgentState, Connection } from '../agent/state.ts';
import { joined, shortRevision, spoken } from '../names.ts';
import { attentionRow } from './attention.ts';
import type { Calendar } from './calendar.ts';
import { deliveryReason, deliveryState, gitRow, noticeRows, revisionRow } from './head-rows.ts';
import { healthIcon, healthWord } from './health.ts';
import { makeRow } from './make-row.ts';
import { otherObjectsRow } from './other-objects.ts';
import { type Row, under } from './row.ts';
import { createScene, type EnvironmentFacts, type Scene } from './scene.ts';
import { workloadsRow } from './workloads.ts';

/** Rows of the objects of environments, by id, and what they were made of: while that stays, so do they. */
export type KnownRows = Map<
  string,
  { readonly status: Status; readonly images: readonly ImageStatus[]; readonly rows: readonly Row[] }
>;

/**
 * The rows of the view Environments; the level of environments is left out where there is one. No rows at all where
 * nothing is known of any: the view then welcomes. What is `known` is taken from there, and kept there.
 */
export function environmentRows(
  environments: readonly EnvironmentFacts[],
  calendar: Calendar,
  known: KnownRows = new Map(),
): Row[] {
  for (const id of known.keys()) if (!environments.some((environment) => environment.id === id)) known.delete(id);
  if (!environments.some(hasRows)) return [];
  const [only, ...others] = environments;
  if (only !== undefined && others.length === 0) return insideRows(only, calendar, known);
  return environments.map((environment) => environmentRow(environment, calendar, known));
}

function hasRows({ state: { status, connection } }: EnvironmentFacts): boolean {
  return status !== undefined || connection.kind === 'lost';
}

function environmentRow(environment: EnvironmentFacts, calendar: Calendar, known: KnownRows): Row {
  const { id, name, state } = environment;
  const { status } = state;
  const health = status === undefined ? 'unknown' : environmentState(status);
  const isKnown = hasRows(environment);
  const says = status === undefined ? sayConnection(state.connection) : sayEnvironment(state, status, health);
  return makeRow({
    // VS Code keeps closed what it first saw without rows, so that is another row.
    id: isKnown ? id : under(id, 'unknown'),
    kind: 'environment',
    flags: { suspended: health === 'suspended', running: status !== undefined && health !== 'suspended' },
    label: name,
    description: says,
    icon: isAway(state.connection) ? { id: 'debug-disconnect', color: 'list.warningForeground' } : healthIcon(health),
    accessibilityLabel: spoken(l10n.t('environment {0}', name), says.replaceAll(' · ', ', ')),
    target: { environment: id },
    children: isKnown ? () => insideRows(environment, calendar, known) : undefined,
    collapsible: 'expanded',
  });
}

/** All that one environment is shown by. */
function insideRows(environment: EnvironmentFacts, calendar: Calendar, known: KnownRows): Row[] {
  const { id, state } = environment;
  const { connection, status, rights, imagesProblem } = state;
  const lost =
    connection.kind === 'lost'
      ? [unreadRow(id, 'debug-disconnect', l10n.t('Connection lost'), connection.message)]
      : [];
  if (status === undefined) return lost;
  const scene = createScene(environment, status, calendar);
  const objects = objectRows(scene, state.images, known);
  if (lost.length === 0 && imagesProblem !== undefined)
    lost.push(unreadRow(id, 'warning', l10n.t('Images could not be read'), imagesProblem));
  return [...lost, revisionRow(scene), gitRow(scene), ...noticeRows(scene, rights), ...objects];
}

/** What follows from the agent's word on objects and images alone: it is much, and mostly as before. */
function objectRows(scene: Scene, images: readonly ImageStatus[], known: KnownRows): readonly Row[] {
  const { id, status } = scene;
  const before = known.get(id);
  if (before?.status === status && before.images === images) return before.rows;
  const rows = [attentionRow(scene), workloadsRow(scene), otherObjectsRow(scene)];
  known.set(id, { status, images, rows });
  return rows;
}

/** The agent, or a part of what it knows, cannot be read: it is tried again, at once by the row's button. */
function unreadRow(environment: string, icon: string, label: string, message: string): Row {
  return makeRow({
    id: under(environment, 'connection'),
    kind: 'connection',
    label,
    description: message,
    icon: { id: icon, color: 'list.warningForeground' },
    accessibilityLabel: spoken(label, message, l10n.t('what is shown was last known')),
    target: { environment },
  });
}

/** How an environment stands, all in all. */
function environmentState(status: Status): HealthState {
  if (status.suspensions.some(({ object }) => object === undefined)) return 'suspended';
  return status.repository.problem === undefined ? deliveryState(status) : 'failed';
}

function sayEnvironment({ connection }: AgentState, status: Status, health: HealthState): string {
  const { appliedRevision } = status.sync;
  return joined(
    isAway(connection) ? sayConnection(connection) : undefined,
    healthWord(health),
    appliedRevision === undefined ? undefined : shortRevision(appliedRevision),
    status.repository.problem?.message ?? deliveryReason(status),
  );
}

function isAway({ kind }: Connection): boolean {
  return kind !== 'connected' && kind !== 'idle' && kind !== 'searching';
}

/** How it stands with the agent, where that is not well. */
function sayConnection(connection: Connection): string {
  switch (connection.kind) {
    case 'connected':
    case 'idle':
    case 'searching':
      return l10n.t('connecting');
    case 'restricted':
      return l10n.t('Restricted Mode, no agent is asked');
    case 'ambiguous':
      return l10n.t('several agents fit: {0}', connection.names.join(', '));
    case 'lost':
      return l10n.t('connection lost: {0}', connection.message);
    default:
      return connection.message;
  }
}
