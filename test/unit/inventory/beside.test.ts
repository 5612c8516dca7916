import { join } from 'node:path';
import { cli, directoryWith } from '../../support/cli';

const POLICIES = {
  'policies/all.yaml': `
harbor: { url: https://harbor.example.com, username: admin, password: { env: HARBOR_PASSWORD } }
registries: { hub: { type: docker-hub } }
projects: { proxy.docker.io: { registry: hub } }
`,
};

async function found(files: Readonly<Record<string, string>>, file: string): Promise<string[]> {
  const root = directoryWith({ ...POLICIES, ...files });
  const { out } = await cli(['inventory', 'scan', root, '--policies', join(root, 'policies'), '--format', 'json']);
  const { references } = JSON.parse(out) as { references: { file: string; reference?: string; why?: string }[] };
  return references.filter((one) => one.file === join(root, file)).map((one) => one.reference ?? `? ${one.why}`);
}

it.each([
  ['a tag', 'image: "nginx:${TAG}"', 'TAG=1.27\n', ['docker.io/library/nginx:1.27']],
  ['a whole image', 'image: ${WEB_IMAGE}', 'WEB_IMAGE="redis:7"\n', ['docker.io/library/redis:7']],
  ['a value that comes before the default', 'image: nginx:${TAG:-1.0}', 'TAG=2.0\n', ['docker.io/library/nginx:2.0']],
  ['nothing, which leaves the default', 'image: nginx:${TAG:-1.0}', 'OTHER=2.0\n', ['docker.io/library/nginx:1.0']],
])('.env sets for a Compose file %s', async (_what, image, env, references) => {
  const files = { 'app/compose.yaml': `services:\n  web:\n    ${image}\n`, 'app/.env': env, 'other/.env': 'TAG=9\n' };
  expect(await found(files, 'app/compose.yaml')).toEqual(references);
});

it.each([
  ['a default', 'variable "tag" {\n  default = "1.27"\n}\n', {}, 'docker.io/library/nginx:1.27'],
  ['a local', 'locals {\n  tag = "1.28"\n}\n', {}, 'docker.io/library/nginx:1.28'],
  [
    'what terraform.tfvars sets',
    'variable "tag" {\n  default = "1.27"\n}\n',
    { 'infra/terraform.tfvars': 'tag = "2.0"\n' },
    'docker.io/library/nginx:2.0',
  ],
])('a Terraform file reads from its module %s', async (what, variables, more, reference) => {
  const name = what === 'a local' ? 'local.tag' : 'var.tag';
  const main = `resource "docker_container" "web" {\n  image = "nginx:\${${name}}"\n}\n`;
  const files = { 'infra/main.tf': main, 'infra/variables.tf': variables, ...more };
  expect(await found(files, 'infra/main.tf')).toEqual([reference]);
});

it('rewrites the name in the file itself, not one in another file', async () => {
  const root = directoryWith({
    ...POLICIES,
    'app/compose.yaml': 'services:\n  a: { image: "nginx:${TAG}" }\n  b: { image: "${B}" }\n',
    'app/.env': 'TAG=1.27\nB=redis:7\n',
  });
  const { out, err } = await cli(['inventory', 'rewrite', join(root, 'app'), '--policies', join(root, 'policies')]);
  expect(out).toContain('+  a: { image: "harbor.example.com/proxy.docker.io/library/nginx:${TAG}" }');
  expect(out).not.toContain('redis');
  expect(err).toContain('${B} not rewritten: its name is not in one place of this file');
});
