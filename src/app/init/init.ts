import { writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { PolicyFile } from '../../export';
import { UsageError } from '../../errors';
import type { AppContext } from '../context';
import { exportPolicies } from '../export';
import { checkDirectory, type WrittenReport } from '../policy-directory';
import type { Connectable } from '../session';
import { CI_SYSTEMS, DEFAULT_UPSTREAMS, UPSTREAMS, type Answers, type Ci, type Upstream } from './answers';
import { CI_ROBOT, firstPolicies } from './policies';
import { repositoryFiles } from './repository';
import { makeDirectory } from '../../make-directory';

/** Paths are relative to `directory`. */
export interface Initialised {
  readonly directory: string;
  readonly written: readonly string[];
  /** Existing files, which were not changed. */
  readonly kept: readonly string[];
  /** From the policies of a live Harbor. */
  readonly exported?: WrittenReport;
}

/** @throws UsageError */
export function checkHasNoPolicies(directory: string): Promise<void> {
  return checkDirectory(join(directory, 'policies'), false, 'name a new or an empty directory');
}

/** The use case behind `init`: a new repository. No file is overwritten. @throws UsageError */
export async function initRepository(context: AppContext, directory: string, answers: Answers): Promise<Initialised> {
  await checkHasNoPolicies(directory);
  const { url, ci } = answers;
  const files = [...firstPolicies(answers), ...robotOf(ci), ...filesBeside(context, directory, url, ci)];
  return { directory, ...(await writeNew(directory, files)) };
}

/** The same with the policies of a live Harbor, which is read and not changed. @throws UsageError, HarborApiError */
export async function initFromLive(
  context: AppContext,
  directory: string,
  harbor: Connectable,
  ci: Ci,
): Promise<Initialised> {
  const out = join(directory, 'policies');
  await checkHasNoPolicies(directory);
  const exported = await exportPolicies(context, () => Promise.resolve(harbor), { out, force: false });
  const written = exported.files.map(({ name }) => join('policies', name));
  const known = exported.files.some(({ text }) => text.includes('breakwater-plan:'));
  const url = harbor.harbor?.url ?? '';
  const beside = await writeNew(directory, [
    ...filesBeside(context, directory, url, ci),
    ...(known ? [] : robotOf(ci)),
  ]);
  return { directory, ...beside, written: [...written, ...beside.written], exported };
}

/** @throws UsageError for an unknown name */
export function upstreamsCalled(names: readonly string[] = DEFAULT_UPSTREAMS): readonly Upstream[] {
  return names.map((name) => {
    const found = UPSTREAMS.find((upstream) => upstream.name === name);
    if (found) return found;
    throw new UsageError(
      `there is no upstream ${name}`,
      `known: ${UPSTREAMS.map((upstream) => upstream.name).join(', ')}; declare others in policies/registries.yaml`,
    );
  });
}

/** @throws UsageError for an unknown name */
export function ciCalled(name: string): Ci {
  const found = CI_SYSTEMS.find((ci) => ci === name);
  if (found === undefined) throw new UsageError(`there is no CI system ${name}`, `known: ${CI_SYSTEMS.join(', ')}`);
  return found;
}

function robotOf(ci: Ci): PolicyFile[] {
  return ci === 'none' ? [] : [{ name: 'policies/ci-robot.yaml', text: CI_ROBOT }];
}

function filesBeside({ cwd }: AppContext, directory: string, url: string, ci: Ci): PolicyFile[] {
  return repositoryFiles(basename(resolve(cwd, directory)), new URL(url).hostname, ci);
}

/** A file that is there is kept, even if it is different. */
async function writeNew(
  directory: string,
  files: readonly PolicyFile[],
): Promise<Pick<Initialised, 'written' | 'kept'>> {
  const written: string[] = [];
  const kept: string[] = [];
  for (const { name, text } of files) ((await isNew(join(directory, name), text)) ? written : kept).push(name);
  return { written, kept };
}

/** Writes a file unless it exists. Scripts are executable. */
async function isNew(file: string, text: string): Promise<boolean> {
  await makeDirectory(dirname(file));
  try {
    await writeFile(file, text, { flag: 'wx', mode: text.startsWith('#!') ? 0o755 : 0o644 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new UsageError(`${file} cannot be written: ${(error as Error).message}`);
  }
}
