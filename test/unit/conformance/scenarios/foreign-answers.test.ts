import type { IncomingMessage } from 'node:http';
import type { CheckResult, UpstreamControl } from '../../../../src/conformance';
import { Front, type Intercept } from '../../../verdicts/front';
import { openStage, type Stage, type StageOptions } from './stage';

let stage: Stage;
let front: Front;
afterEach(() => Promise.all([stage.close(), front.close()]));

async function open(options: StageOptions = {}): Promise<void> {
  stage = await openStage(options);
  front = await Front.start();
  front.target = stage.sandbox.url;
}

/** A scenario behind a proxy that answers some requests itself. @param control changes what the upstream is told */
function behind(id: string, intercept: Intercept, control: Partial<UpstreamControl> = {}): Promise<CheckResult> {
  front.intercept = intercept;
  const [project] = stage.target.projects;
  const upstream = { ...project!.upstream!, ...control };
  const target = { ...stage.target, harborUrl: front.url, projects: [{ ...project!, upstream }] };
  return stage.playImpatiently(id, target);
}

const say =
  (status: number, isSo: (incoming: IncomingMessage) => boolean): Intercept =>
  (incoming, response) => {
    if (!isSo(incoming)) return false;
    response.writeHead(status, { 'content-type': 'text/html' }).end('<html>');
    return true;
  };
const tagOf = ({ url = '' }: IncomingMessage): string | undefined => /\/manifests\/(named-\w+)$/.exec(url)?.[1];

it('S16 does not take a failure of one moment for a missing User-Agent', async () => {
  await open();
  let first: string | undefined;
  const result = await behind(
    'S16',
    say(503, (incoming) => (first ??= tagOf(incoming)) !== undefined && tagOf(incoming) === first),
  );
  expect(result).toMatchObject({ status: 'pass', message: expect.stringMatching(/at the second attempt$/) });
});

it('S5 does not take a failure of a proxy for an image that is gone', async () => {
  await open({ version: 'v2.15.0' });
  let isRemoved = false;
  const { upstream } = stage.target.projects[0]!;
  const result = await behind(
    'S5',
    say(503, ({ url = '' }) => isRemoved && url.includes('/manifests/sha256:')),
    {
      removeTag: async (repository, tag) => {
        await upstream!.removeTag(repository, tag);
        isRemoved = true;
      },
    },
  );
  expect(result).toMatchObject({ status: 'error', message: expect.stringMatching(/still served is not known: 503/) });
});

it('S4b does not know what Harbor has noticed if its registry cannot be read any more', async () => {
  await open();
  let isStopped = false;
  const { upstream } = stage.target.projects[0]!;
  const result = await behind(
    'S4b',
    say(502, ({ url = '' }) => isStopped && /\/registries\/\d+$/.test(url)),
    {
      stop: async () => {
        await upstream!.stop();
        isStopped = true;
      },
    },
  );
  expect(result).toMatchObject({ status: 'error', message: expect.stringMatching(/cannot be read any more$/) });
});

it('S8 does not claim that images are stored if that may not be read', async () => {
  await open();
  const result = await behind(
    'S8',
    say(403, ({ url = '' }) => url.includes('/artifacts/')),
  );
  expect(result).toMatchObject({
    status: 'pass',
    message: 'after each of them the next pull was correct; whether it was stored is not known',
  });
});

it.each([429, 503])('S12 does not take a %i for an image that is not refused', async (status) => {
  const metadata = { proxy_cache_filter_pattern: 'library/**', proxy_cache_filter_kind: 'doublestar' };
  const repositoryFilter = { pattern: 'library/**', kind: 'doublestar' } as const;
  await open({ version: 'v2.16.0', metadata, declared: { repositoryFilter } });
  const result = await behind(
    'S12',
    say(status, ({ url = '' }) => url.endsWith('/tags/list')),
  );
  expect(result).toMatchObject({
    status: 'error',
    message: expect.stringMatching(/^whether it is refused is not known: tags/),
  });
});
