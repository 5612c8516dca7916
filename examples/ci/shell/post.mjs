#!/usr/bin/env node
// Writes one comment on a pull request or one issue, and updates it the next time. GitHub or GitLab, by the variables
// that their runners set. Without these it prints.
//
//   node ci/post.mjs comment MARKER FILE         on the pull request that this run belongs to
//   node ci/post.mjs issue MARKER FILE TITLE     opens an issue, or updates the open one
//   node ci/post.mjs close MARKER                closes that issue, if there is one
//   node ci/post.mjs summary MARKER FILE         the result of a run, as plain text
import { appendFileSync, readFileSync } from 'node:fs';

const { env } = process;
/** GitHub takes 65536 characters. */
const LONGEST = 60_000;

async function call(url, headers, method = 'GET', body) {
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
  return answer.json();
}

/** Every page of a list, until one contains a match. */
async function findIn(list, wanted) {
  for (let page = 1; ; page += 1) {
    const items = await list(page);
    const found = items.find(wanted);
    if (found || items.length < 100) return found;
  }
}

function github() {
  const repository = `${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}`;
  const headers = { authorization: `Bearer ${env.GITHUB_TOKEN}`, accept: 'application/vnd.github+json' };
  const ask = (path, method, body) => call(`${repository}/${path}`, headers, method, body);
  const pull = /^refs\/pull\/(\d+)\//.exec(env.GITHUB_REF ?? '')?.[1];
  const issueWith = (marker) =>
    findIn(
      (page) => ask(`issues?state=open&labels=${marker}&per_page=100&page=${page}`),
      ({ body, pull_request: isPull }) => !isPull && body?.includes(`<!-- ${marker} -->`),
    );
  return {
    comments: pull && {
      find: (marker) =>
        findIn(
          (page) => ask(`issues/${pull}/comments?per_page=100&page=${page}`),
          ({ body }) => body?.includes(`<!-- ${marker} -->`),
        ),
      create: (body) => ask(`issues/${pull}/comments`, 'POST', { body }),
      update: ({ id }, body) => ask(`issues/comments/${id}`, 'PATCH', { body }),
    },
    issues: {
      find: issueWith,
      create: (body, title, marker) => ask('issues', 'POST', { title, body, labels: [marker] }),
      update: ({ number }, body) => ask(`issues/${number}`, 'PATCH', { body }),
      close: ({ number }) => ask(`issues/${number}`, 'PATCH', { state: 'closed' }),
    },
    summary: (text) => env.GITHUB_STEP_SUMMARY && appendFileSync(env.GITHUB_STEP_SUMMARY, text),
  };
}

function gitlab() {
  const project = `${env.CI_API_V4_URL}/projects/${env.CI_PROJECT_ID}`;
  const headers = { 'private-token': env.GITLAB_TOKEN };
  const ask = (path, method, body) => call(`${project}/${path}`, headers, method, body);
  const merge = env.CI_MERGE_REQUEST_IID;
  return {
    comments: merge && {
      find: (marker) =>
        findIn(
          (page) => ask(`merge_requests/${merge}/notes?per_page=100&page=${page}`),
          ({ body, system }) => !system && body?.includes(`<!-- ${marker} -->`),
        ),
      create: (body) => ask(`merge_requests/${merge}/notes`, 'POST', { body }),
      update: ({ id }, body) => ask(`merge_requests/${merge}/notes/${id}`, 'PUT', { body }),
    },
    issues: {
      find: (marker) =>
        findIn(
          (page) => ask(`issues?state=opened&labels=${marker}&per_page=100&page=${page}`),
          ({ description }) => description?.includes(`<!-- ${marker} -->`),
        ),
      create: (description, title, marker) => ask('issues', 'POST', { title, description, labels: marker }),
      update: ({ iid }, description) => ask(`issues/${iid}`, 'PUT', { description }),
      close: ({ iid }) => ask(`issues/${iid}`, 'PUT', { state_event: 'close' }),
    },
    // It is in the log of the job.
    summary: () => undefined,
  };
}

function hostOfThisRun() {
  if (env.GITHUB_ACTIONS === 'true') return github();
  return env.GITLAB_CI === 'true' ? gitlab() : undefined;
}

async function write(place, marker, text, title) {
  const cut =
    text.length > LONGEST ? `${text.slice(0, LONGEST)}\n\n(cut: ${text.length - LONGEST} more characters)` : text;
  const body = `<!-- ${marker} -->\n${cut}`;
  const known = await place.find(marker);
  await (known ? place.update(known, body) : place.create(body, title, marker));
}

async function main([action, marker, file, title]) {
  const host = hostOfThisRun();
  if (action === 'close') {
    const open = await host?.issues.find(marker);
    return open && host.issues.close(open);
  }
  const text = readFileSync(file, 'utf8');
  if (action === 'summary') return host?.summary(`\`\`\`\n${text}\`\`\`\n`);
  const place = action === 'comment' ? host?.comments : host?.issues;
  if (place) return write(place, marker, text, title);
  process.stdout.write(text);
}

await main(process.argv.slice(2));
