import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  createCertificates,
  skopeo,
  startRealRegistry,
  temporaryFolder,
  writeOciLayout,
} from '../../support/real-programs';
import { LONGEST_REASON, roundsOf } from '../contest';
import { catalogue } from './catalogue';
import {
  breakwater,
  CRANE_PULL,
  CRANE_VALIDATE,
  SKOPEO_DIR,
  SKOPEO_OCI,
  whereInstalled,
  type Contender,
  type Source,
} from './contenders';
import { startCountingProxy } from './counting-proxy';
import { layered, type LayeredOptions } from './images';
import type { Line, Row, Usage } from '../../../scripts/performance/report';
import { measureProgram } from './program';

interface Sources {
  readonly plain: Source;
  readonly tls: Source;
}

interface Contest {
  readonly id: string;
  readonly title: string;
  readonly image: LayeredOptions;
  readonly repositories: readonly string[];
  readonly contenders: readonly Contender[];
}

const ROUNDS = 5;

const OURS = breakwater('breakwater conform, M7 and B1', ['M7', 'B1']);
const DEEP = breakwater('breakwater conform --deep, B5', ['B5'], true);

const CONTESTS: readonly Contest[] = [
  {
    id: 'large',
    title: 'Verify an image of 1 GiB in 8 layers',
    image: { seed: 'large', layers: 8, layerBytes: 128 << 20 },
    repositories: ['large/image'],
    contenders: [OURS, SKOPEO_OCI, SKOPEO_DIR, ...whereInstalled('crane', CRANE_PULL)],
  },
  {
    id: 'layers',
    title: 'Verify an image of 20 MiB in 20 layers',
    image: { seed: 'layers', layers: 20, layerBytes: 1 << 20 },
    repositories: ['layers/image'],
    contenders: [OURS, SKOPEO_OCI, ...whereInstalled('crane', CRANE_PULL)],
  },
  {
    id: 'tiny',
    title: 'Verify one image of 10 KiB',
    image: { seed: 'tiny', layers: 1, layerBytes: 10 << 10 },
    repositories: ['tiny/image'],
    contenders: [OURS, SKOPEO_OCI, ...whereInstalled('crane', CRANE_PULL)],
  },
  {
    id: 'many',
    title: 'Verify 200 projects with an image of 10 KiB each, 16 at a time',
    image: { seed: 'small', layers: 1, layerBytes: 10 << 10 },
    repositories: Array.from({ length: 200 }, (_, at) => `small${at}/image`),
    contenders: [OURS, SKOPEO_OCI, ...whereInstalled('crane', CRANE_PULL)],
  },
  {
    id: 'unpacked',
    title: 'Unpack 256 MiB of text in 4 gzip layers',
    image: { seed: 'gzip', layers: 4, layerBytes: 64 << 20, gzip: true },
    repositories: ['gzip/image'],
    contenders: [DEEP, ...whereInstalled('crane', CRANE_VALIDATE)],
  },
];

/** What `conform` takes beside skopeo and crane, which read the same images from the same registry in turn with it. */
export async function conform(): Promise<Line[]> {
  const folder = temporaryFolder();
  const tls = createCertificates(folder.path);
  const registry = await startRealRegistry(folder.path, undefined, 'in the folder');
  // The same storage once more: what is pushed to one is read from both.
  const secure = await startRealRegistry(folder.path, tls, 'in the folder');
  const sources: Sources = { plain: registry, tls: { host: secure.host, caPath: aloneIn(folder.path, tls.caPath) } };
  try {
    const lines: Line[] = [];
    for (const contest of CONTESTS) lines.push(await hold(contest, sources, folder.path));
    return [...lines, await catalogue()];
  } finally {
    await Promise.all([registry.stop(), secure.stop()]);
    folder.remove();
  }
}

/** skopeo takes everything in the folder for a certificate or a key. */
function aloneIn(folder: string, caPath: string): string {
  mkdirSync(join(folder, 'ca'));
  copyFileSync(caPath, join(folder, 'ca', 'ca.crt'));
  return join(folder, 'ca', 'ca.crt');
}

async function hold(contest: Contest, { plain, tls }: Sources, folder: string): Promise<Line> {
  const bytes = await publish(contest, plain, folder);
  const { id, title, contenders, repositories } = contest;
  const out = join(folder, 'out');
  const turn = async (contender: Contender, source: Source): Promise<Usage> => {
    const usage = await measureProgram(contender.command(source, repositories, out));
    rmSync(out, { recursive: true, force: true });
    // Of several processes only the one that starts them was watched.
    return contender.isPerImage && repositories.length > 1 ? { ...usage, maxRssMebibytes: 0 } : usage;
  };
  const tables = contenders.map((contender) => ({
    contender,
    row: { name: contender.name, runs: [] as Usage[], overTls: [] as Usage[], requests: 0 },
    failed: undefined as string | undefined,
  }));
  const tried = async (table: (typeof tables)[number], work: () => Promise<void>): Promise<void> => {
    if (table.failed !== undefined) return;
    await work().catch((error: Error) => (table.failed = error.message.slice(0, LONGEST_REASON)));
  };
  for (const table of tables)
    await tried(table, async () => {
      const proxy = await startCountingProxy(`http://${plain.host}`);
      try {
        await turn(table.contender, { host: proxy.host });
      } finally {
        await proxy.close();
      }
      table.row.requests = proxy.count();
    });
  for (let round = 0; round < roundsOf(ROUNDS); round++)
    for (const table of tables)
      await tried(table, async () => {
        table.row.runs.push(await turn(table.contender, plain));
        table.row.overTls.push(await turn(table.contender, tls));
      });
  const rows = tables.map(({ row, failed }): Row =>
    failed === undefined ? row : { name: row.name, runs: [], failed },
  );
  return { id, title, bytes, rows };
}

/** Pushes the image to every repository. @returns how many bytes one program has to read */
async function publish({ image, repositories }: Contest, { host }: Source, folder: string): Promise<number> {
  const made = layered(image);
  const layout = join(folder, 'layout');
  writeOciLayout(layout, made);
  for (const repository of repositories)
    await skopeo('copy', '--dest-tls-verify=false', `oci:${layout}`, `docker://${host}/${repository}:1`);
  rmSync(layout, { recursive: true });
  return made.blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) * repositories.length;
}
