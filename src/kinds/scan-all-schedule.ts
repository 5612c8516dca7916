import { ApplyError, HarborApiError } from '../errors';
import type { Client } from '../harbor/client';
import { addressOf, type Kind, type Placed, type PlacingContext } from './kind';
import { compact } from '../compact';
import { neverRemoved } from './support/never-removed';
import {
  checkCron,
  cronFromWire,
  IDENTITY,
  normaliseSchedule,
  scheduleFromSpec,
  scheduleSchema,
  scheduleToSpec,
  scheduleToWire,
  showCron,
  type Scheduled,
  type ScheduleWire,
  scheduleShape,
} from './support/schedule';
import { readable } from './support/readable';

const NAME = 'scan-all-schedule';
const PATH = '/system/scanAll/schedule';

/** Undefined: there is no default scanner, so Harbor does not return the schedule. */
type ScanAllWire = ScheduleWire & { readonly no_scanner?: boolean };

/**
 * It depends on the scanners: without a default one Harbor refuses even to read it.
 *
 *     default scanner     GET      PUT
 *     yes                 200      200
 *     no                  412      412: it is declared too early, or not at all
 */
export const scanAllSchedule: Kind<Scheduled, ScanAllWire> = readable<Scheduled, ScanAllWire>({
  name: NAME,
  about: 'When all artifacts are scanned for vulnerabilities.',
  placements: [
    {
      path: 'schedules.scan_all',
      schema: scheduleSchema('Scan of everything'),
      example: { names: [], value: { cron: '0 0 1 * * *' } },
      toSpec: scheduleToSpec,
      fromSpec: place,
    },
  ],
  dependsOn: ['scanner'],
  replaceOn: [],
  writeOnly: [],
  // Declared as `none`, not by leaving it out.
  deletable: false,
  access: {
    read: 'scan-all:read',
    create: 'scan-all:update',
    update: 'scan-all:update',
    remove: 'scan-all:update',
  },
  calls: { bulk: 'GET /system/scanAll/schedule' },
  traps: [
    'Without a default scanner Harbor returns 412 for this schedule, even for a read; Breakwater reads that as `none`.',
  ],

  identity: () => IDENTITY,
  normalise: normaliseSchedule,
  references: () => [],
  check: checkCron,
  show: showCron,

  list: async ({ client }) => [await answered(client)],

  fromWire: (wire) => ({
    identity: IDENTITY,
    spec: { cron: cronFromWire(wire) },
    facts: compact<{ no_scanner?: boolean }>({ no_scanner: wire.no_scanner }),
  }),

  toWire: (spec) => ({ schedule: scheduleToWire(spec) }),

  async read({ client, refs }) {
    return scanAllSchedule.fromWire(await answered(client), refs);
  },

  async create({ client, refs }, desired) {
    await put(client, scanAllSchedule.toWire(desired, refs));
    return {};
  },

  async update({ client, refs }, { merged }) {
    await put(client, scanAllSchedule.toWire(merged, refs));
  },

  remove: neverRemoved(NAME),
});

/** Without a default scanner Harbor returns 412 for every request to this schedule, even GET: nothing is scheduled. */
async function answered(client: Client): Promise<ScanAllWire> {
  try {
    return (await client.get<ScheduleWire | undefined>(PATH, { shape: scheduleShape, mayBeNone: true })) ?? {};
  } catch (error) {
    if (isWithoutScanner(error)) return { no_scanner: true };
    throw error;
  }
}

// POST is 412 if there is a schedule; PUT creates and changes it.
async function put(client: Client, body: object): Promise<void> {
  try {
    await client.put(PATH, body);
  } catch (error) {
    if (!isWithoutScanner(error)) throw error;
    const address = addressOf(NAME, IDENTITY);
    throw new ApplyError(
      `${address}: Harbor has no default scanner, so it cannot schedule scans: declare one under scanners with default: true`,
      address,
      { cause: error },
    );
  }
}

function isWithoutScanner(error: unknown): boolean {
  return error instanceof HarborApiError && error.status === 412;
}

function place(spec: Scheduled, { facts }: PlacingContext): Placed {
  const note = facts['no_scanner'] === true ? 'Harbor has no default scanner: nothing can be scanned.' : undefined;
  return { names: [], value: scheduleFromSpec(spec), notes: compact<Record<string, string>>({ '': note }) };
}
