#!/usr/bin/env node
// Finds the plan that was reviewed in the pull request of this commit. GitHub: writes `run-id` and `name` of the artifact
// to GITHUB_OUTPUT. GitLab: downloads plan.json. Exits with 0 without a plan: ci/apply.sh prints what to do then.
import { appendFileSync, writeFileSync } from 'node:fs';

const { env } = process;

async function get(url, headers) {
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(30_000) });
  if (!answer.ok) throw new Error(`GET ${url}: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
  return answer;
}

async function github() {
  const repository = `${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}`;
  const headers = { authorization: `Bearer ${env.GITHUB_TOKEN}`, accept: 'application/vnd.github+json' };
  const ask = async (path) => (await get(`${repository}/${path}`, headers)).json();
  const pull = (await ask(`commits/${env.GITHUB_SHA}/pulls`)).find(({ merged_at: mergedAt }) => mergedAt);
  if (!pull) return undefined;
  const name = `plan-${pull.head.sha}`;
  const { artifacts } = await ask(`actions/artifacts?name=${name}&per_page=100`);
  // The newest comes first.
  const found = artifacts.find(({ expired }) => !expired);
  if (found) appendFileSync(env.GITHUB_OUTPUT, `name=${name}\nrun-id=${found.workflow_run.id}\n`);
  return found && name;
}

async function gitlab() {
  const project = `${env.CI_API_V4_URL}/projects/${env.CI_PROJECT_ID}`;
  const headers = { 'private-token': env.GITLAB_TOKEN };
  const ask = async (path) => (await get(`${project}/${path}`, headers)).json();
  const merge = (await ask(`repository/commits/${env.CI_COMMIT_SHA}/merge_requests`)).find(
    ({ state }) => state === 'merged',
  );
  if (!merge) return undefined;
  const [pipeline] = await ask(`merge_requests/${merge.iid}/pipelines`);
  const jobs = pipeline ? await ask(`pipelines/${pipeline.id}/jobs?per_page=100`) : [];
  const plan = jobs.find(({ name, artifacts_file: file }) => name === 'plan' && file);
  if (!plan) return undefined;
  writeFileSync('plan.json', await (await get(`${project}/jobs/${plan.id}/artifacts/plan.json`, headers)).text());
  return `plan.json of !${merge.iid}`;
}

const found = await (env.GITHUB_ACTIONS === 'true' ? github() : gitlab());
process.stdout.write(found ? `the reviewed plan is ${found}\n` : 'this commit has no reviewed plan\n');
