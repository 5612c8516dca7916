import { hostsToml } from '../../clients/support/hosts-toml';
import { registryServer } from '../../clients/check/registry-server';
import { ACCEPT_MANIFEST, header, manifestReference } from '../../oci';
import { describePlain } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import { evidence, failOn, skip, type Outcome } from '../model/outcome';
import { perMirror, type Mirror } from '../support/per-mirror';
import { problem } from '../model/problem';

/**
 * Needs no mirror domain: the requests go to Harbor. The evidence is the file to copy.
 *
 *      without ?ns=       with ?ns=         verdict
 *      no 200, no digest  (not asked)       skip: nothing to compare with, M1 says why
 *      digest A           digest A          pass
 *      digest A           digest B          fail, ns-ignored: something before Harbor chooses by ?ns=
 *      digest A           no 200            fail, ns-ignored
 */
export const check: ProjectCheck = {
  id: 'D6',
  title: 'containerd needs no mirror domain',
  proves:
    'Requests as with override_path in hosts.toml, to Harbor itself and with ?ns=, return the same digest as without.',
  why: 'Without override_path containerd reaches the portal and unpacks a page (goharbor/harbor#18530, goharbor/website#724).',
  limits: "Sends containerd's requests without running it; the evidence contains the tested file.",
  upstreamCost: '2 HEADs by Harbor, 4 if the digests differ',
  phase: 'serving',
  scope: 'project',
  run: (context) => perMirror(context, (mirror) => look(context, mirror)),
};

const TRIES = 2;

/** Digests that differ are read once more: the tag may have moved between the requests. */
async function look(context: ProjectContext, mirror: Mirror, tries = TRIES): Promise<Outcome> {
  const { puller, project, wire } = context;
  const { image, serves } = mirror;
  const ask = (query: string) => puller.authorized(request(image, query), image.name, wire);
  const plain = await ask('');
  const expected = header(plain, 'docker-content-digest');
  if (plain.status !== 200 || expected === undefined) return skip(`Harbor returned ${describePlain(plain)} (see M1)`);
  const named = await ask(`?ns=${encodeURIComponent(serves)}`);
  const digest = header(named, 'docker-content-digest');
  if (named.status === 200 && digest !== expected && tries > 1) return look(context, mirror, tries - 1);
  const problems = [
    ...(named.status === 200 ? [] : [`HEAD with ns=${serves}: ${describePlain(named)}`]),
    ...(named.status === 200 && digest !== expected
      ? [`with ns=${serves} ${digest ?? 'no digest'}, without ${expected}`]
      : []),
  ];
  const url = `${puller.url.origin}/v2/${project.name}`;
  const head = ['as breakwater clients render writes it'];
  const file = hostsToml({ head, server: registryServer(serves), host: { url, overridePath: true } });
  const kinds =
    problems.length > 0 ? [problem('ns-ignored', puller.url.host, `${named.status}, ${digest ?? 'no digest'}`)] : [];
  return failOn(problems, 'override_path works', [evidence(`certs.d/${serves}/hosts.toml`, file)], kinds);
}

function request({ image, name }: NamedImage, query: string) {
  const path = `/v2/${name}/manifests/${manifestReference(image)}${query}`;
  return { method: 'HEAD', path, headers: { accept: ACCEPT_MANIFEST } } as const;
}
