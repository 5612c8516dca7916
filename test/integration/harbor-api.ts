import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** Where a Harbor answers; `ca` is the PEM of a private authority. */
export interface ApiTarget {
  readonly url: string;
  readonly ca?: string;
  /** Of the administrator. Default: the sandbox's own. */
  readonly password?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly location: string;
  readonly body: unknown;
}

/** Calls the API as the administrator. */
export async function callApi(target: ApiTarget, method: string, path: string, body?: object): Promise<ApiAnswer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = {
      method,
      auth: `admin:${target.password ?? 'Harbor12345'}`,
      headers: { 'content-type': 'application/json' },
      ...(target.ca === undefined ? {} : { ca: target.ca }),
    };
    const send = target.url.startsWith('https:') ? httpsRequest : httpRequest;
    send(`${target.url}/api/v2.0${path}`, options, resolve)
      .on('error', reject)
      .end(body && JSON.stringify(body));
  });
  let text = '';
  for await (const chunk of response) text += String(chunk);
  const isJson = response.headers['content-type']?.includes('json') === true && text !== '';
  return {
    status: response.statusCode ?? 0,
    location: response.headers.location ?? '',
    body: isJson ? (JSON.parse(text) as unknown) : text,
  };
}

/** Creates a registry and a public proxy cache project on it, both of that name. */
export async function createProxyProject(
  target: ApiTarget,
  name: string,
  registry: { readonly url: string; readonly ca_certificate?: string },
): Promise<void> {
  const created = await callApi(target, 'POST', '/registries', { name, type: 'docker-registry', ...registry });
  if (created.status !== 201) throw new Error(`registry: ${created.status} ${JSON.stringify(created.body)}`);
  const registryId = Number(created.location.split('/').at(-1));
  const body = { project_name: name, registry_id: registryId, metadata: { public: 'true' } };
  const project = await callApi(target, 'POST', '/projects', body);
  if (project.status !== 201) throw new Error(`project: ${project.status} ${JSON.stringify(project.body)}`);
}

/** Polls until the artifact exists; fails after 60 seconds. */
export async function untilArtifact(
  target: ApiTarget,
  project: string,
  repository: string,
  reference: string,
): Promise<void> {
  const encoded = encodeURIComponent(encodeURIComponent(repository));
  const path = `/projects/${project}/repositories/${encoded}/artifacts/${reference}`;
  for (let tries = 0; tries < 600; tries++) {
    if ((await callApi(target, 'GET', path)).status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${project}/${repository}:${reference} was not cached within 60 seconds`);
}
