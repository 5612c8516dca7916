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

const pod = (value: string): string =>
  `resource "kubernetes_pod" "p" {\n  spec { container { image = ${value} } }\n}\n`;

it.each<[what: string, main: string, more: Record<string, string>, references: readonly string[]]>([
  [
    'the default of a variable',
    `variable "web" {\n  default = "nginx:1.27"\n}\n${pod('var.web')}`,
    {},
    ['docker.io/library/nginx:1.27'],
  ],
  [
    'one that another file of the module declares',
    pod('var.web'),
    { 'infra/variables.tf': 'variable "web" { default = "nginx:1.27" }\n' },
    ['docker.io/library/nginx:1.27'],
  ],
  [
    'what terraform.tfvars sets',
    `variable "web" {}\n${pod('var.web')}`,
    { 'infra/terraform.tfvars': 'web = "nginx:2.0"\n' },
    ['docker.io/library/nginx:2.0'],
  ],
  [
    'a key of a map that a file of values sets',
    pod('var.images["web"]'),
    { 'infra/x.auto.tfvars': 'images = {\n  web = "nginx:2.0"\n}\n' },
    ['docker.io/library/nginx:2.0'],
  ],
  [
    'a local, which is another name for a variable',
    `variable "web" {\n  default = "nginx:1.27"\n}\nlocals {\n  app = { image = var.web }\n}\n${pod('local.app.image')}`,
    {},
    ['docker.io/library/nginx:1.27'],
  ],
  [
    'a tag next to a repository',
    `variable "tag" {\n  default = "v3"\n}\nlocals {\n  h = { repository = "quay.io/acme/h", tag = var.tag }\n}\n`,
    {},
    ['quay.io/acme/h:v3'],
  ],
  ['nothing: the variable has no value', pod('var.web'), {}, ['? var.web has no value in this file']],
  ['nothing: a machine image', 'resource "hcloud_server" "s" {\n  image = var.os\n}\n', {}, []],
  ['nothing: the image of a resource', pod('docker_image.web.image_id'), {}, []],
  ['nothing certain: an expression', pod('var.a != "" ? var.a : var.b'), {}, []],
  [
    'nothing: names that go round',
    `locals {\n  a = local.b\n  b = local.a\n}\n${pod('local.a')}`,
    {},
    ['? local.a has no value in this file'],
  ],
])('an image in Terraform without quotes is %s', async (_what, main, more, references) => {
  expect(await found({ 'infra/main.tf': main, ...more }, 'infra/main.tf')).toEqual(references);
});

it('finds the images of a map in values for other environments', async () => {
  const values = 'images = {\n  web = "nginx:1.27"\n  os  = "ubuntu-24.04"\n}\n';
  expect(await found({ 'infra/prod.tfvars': values }, 'infra/prod.tfvars')).toEqual(['docker.io/library/nginx:1.27']);
});

it.each([
  ['changes the default', pod('var.web'), ['+  default = "harbor.example.com/proxy.docker.io/library/nginx:1.27"'], ''],
  [
    'keeps it if it is used for something else, too',
    `${pod('var.web')}output "o" { value = var.web }\n`,
    [],
    'its variable is used for something else as well',
  ],
])('rewrite %s of a variable without quotes', async (_what, uses, added, refused) => {
  const main = `variable "web" {\n  default = "nginx:1.27"\n}\n${uses}`;
  const root = directoryWith({ ...POLICIES, 'infra/main.tf': main });
  const { out, err } = await cli(['inventory', 'rewrite', join(root, 'infra'), '--policies', join(root, 'policies')]);
  expect(out.split('\n').filter((line) => /^\+ /.test(line))).toEqual(added);
  expect(err).toContain(refused);
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
