import { type Flag, flagsOf } from '../flag.ts';
import { bool, duration } from '../values.ts';

const flag = flagsOf('Delivery');

/** Comparing, applying and deleting. */
export const DELIVERY_FLAGS = {
  'sync-interval': flag(
    duration,
    '5m',
    'How often everything is compared again, changed or not; what is unchanged is not sent.',
  ),
  'sync-timeout': flag(duration, '1m', 'Deadline of one request to the API server while delivering.', {
    flux: 'bounds the whole sync',
  }),
  'sync-garbage-collection': flag(
    bool,
    'false',
    'Deletes objects that left the repository; off, they are reported as a difference.',
  ),
  'sync-garbage-collection-dry': flag(bool, 'false', 'Only reports what would be deleted.'),
} as const satisfies Readonly<Record<string, Flag>>;
