import type { Ci } from './answers';

/** What a person who opens the repository for the first time has to know. */
export function readmeOf(name: string, ci: Ci): string {
  return `# ${name}

The configuration of our Harbor, declared in \`policies/\` and applied by [Breakwater](https://www.npmjs.com/package/breakwater).

## First steps

\`\`\`sh
npm install
npx breakwater validate                  # offline: every finding with file, line and column

npx breakwater sandbox --with-upstream   # in a second terminal: a stand-in for Harbor and for the upstreams
. .breakwater/sandbox.env                # the variables that it printed
npx breakwater apply --overlay .breakwater/sandbox.yaml
npx breakwater conform --overlay .breakwater/sandbox.yaml
\`\`\`

## Against Harbor

\`\`\`sh
export HARBOR_PASSWORD=…                 # and every other variable that the policies name
npx breakwater doctor                    # what the credentials can manage
npx breakwater plan
npx breakwater apply
npx breakwater drift                     # exit code 2: Harbor is not as declared
npx breakwater conform                   # pulls through every project
\`\`\`

To deploy Harbor itself, copy \`stacks/environments/example.yaml\`, fill in your names, and run
\`npx breakwater up --dry-run\`.
${CI_PARTS[ci]}`;
}

const CI_PARTS: Readonly<Record<Ci, string>> = {
  none: '',
  github: `
## CI

\`.github/workflows/policies.yml\` validates and plans a pull request, shows the plan as one comment, and applies that plan
after the merge. \`nightly.yml\` looks for drift, pulls through every project, and opens or updates one issue.

| secret               | where                      | what                                                       |
| -------------------- | -------------------------- | ---------------------------------------------------------- |
| \`HARBOR_PLAN_SECRET\` | repository                 | secret of the robot \`breakwater-plan\`, which may only read |
| \`HARBOR_PASSWORD\`    | environment \`harbor\`       | password of the user in \`policies/harbor.yaml\`             |

The first apply creates the robot: run it by hand. A pull request from a fork is validated and never sees a secret.
`,
  gitlab: `
## CI

\`.gitlab-ci.yml\` validates and plans a merge request, shows the plan as one comment, and applies that plan after the
merge. A scheduled pipeline looks for drift, pulls through every project, and opens or updates one issue.

| variable             | flags                           | what                                                       |
| -------------------- | ------------------------------- | ---------------------------------------------------------- |
| \`HARBOR_PLAN_SECRET\` | masked                          | secret of the robot \`breakwater-plan\`, which may only read |
| \`HARBOR_PASSWORD\`    | masked, protected               | password of the user in \`policies/harbor.yaml\`             |
| \`GITLAB_TOKEN\`       | masked                          | project access token (reporter, api) for comments and issues |

The first apply creates the robot: run it by hand. A merge request from a fork runs in the fork, without these variables.
`,
};
