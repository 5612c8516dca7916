import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  PASSWORD,
  type Harbor,
  CRON,
  DAYS,
  GROUPS,
  projectName,
  registryName,
  REGISTRIES,
  ROLES,
  type Work,
} from './work';

const PROVIDER = 'provider "harbor" {';

/** The same work for Terraform's Harbor provider, in a folder that is initialised. */
export function writeConfiguration(folder: string, { projects, children }: Work, { url, upstream }: Harbor): void {
  const block = (type: string, name: string, ...lines: string[]): string =>
    `resource "${type}" "${name}" {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
  const bodies = [
    HEAD,
    `${PROVIDER}\n  url = "${url}"\n  username = "admin"\n  password = "${PASSWORD}"\n}\n`,
    ...(children
      ? GROUPS.map((group) => block('harbor_group', group, `group_name = "${group}"`, 'group_type = 3'))
      : []),
    ...numbers(REGISTRIES).map((n) =>
      block(
        'harbor_registry',
        registryName(n),
        'provider_name = "docker-registry"',
        `name = "${registryName(n)}"`,
        `endpoint_url = "${upstream}"`,
      ),
    ),
    ...numbers(projects).map((n) =>
      block(
        'harbor_project',
        projectName(n),
        `name = "${projectName(n)}"`,
        `registry_id = harbor_registry.${registryName(n)}.registry_id`,
        'public = true',
        'storage_quota = 5',
      ),
    ),
    ...(children ? numbers(projects).flatMap((n) => childrenOf(n, block)) : []),
  ];
  writeFileSync(join(folder, 'main.tf'), bodies.join('\n'));
}

const HEAD = 'terraform {\n  required_providers {\n    harbor = { source = "goharbor/harbor" }\n  }\n}\n';

function childrenOf(n: number, block: (type: string, name: string, ...lines: string[]) => string): string[] {
  const project = projectName(n);
  const retention = block(
    'harbor_retention_policy',
    project,
    `scope = harbor_project.${project}.id`,
    `schedule = "${CRON}"`,
    `rule {\n    n_days_since_last_pull = ${DAYS}\n    repo_matching = "**"\n    tag_matching = "**"\n  }`,
  );
  const members = GROUPS.map((group) =>
    block(
      'harbor_project_member_group',
      `${project}-${group}`,
      `project_id = harbor_project.${project}.id`,
      `group_name = "${group}"`,
      'type = "oidc"',
      `role = "${ROLES[group]}"`,
    ),
  );
  return [retention, ...members];
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

/** Why Terraform is not measured; undefined where it and the provider are there. Nothing is measured from the network. */
export function terraformAbsence(): string | undefined {
  known ??= { absence: findAbsence() };
  return known.absence;
}

/** Without the provider on this machine `terraform init` waits for the network, so it runs once. */
let known: { readonly absence: string | undefined } | undefined;

function findAbsence(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-bench-terraform-'));
  try {
    writeFileSync(join(folder, 'main.tf'), HEAD);
    execFileSync('terraform', [`-chdir=${folder}`, 'init', '-input=false'], { stdio: 'ignore', timeout: 20_000 });
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'terraform' : 'the Harbor provider of Terraform';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function initialise(folder: string): void {
  execFileSync('terraform', [`-chdir=${folder}`, 'init', '-input=false'], { stdio: 'ignore', timeout: 60_000 });
}
