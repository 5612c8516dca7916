const URL_PARTS = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(.*)/is;
const ALI_SERVICE = /^https:\/\/cr\.([\w-]+)\.aliyuncs\.com$/;

/**
 * As Harbor stores it: trimmed, no slash at the end, `http://` where no scheme is given, host in lower case. What Harbor
 * would cut off without a word (user and password, a query, a fragment) stays, for `checkUrl` to say so.
 */
export function normaliseUrl(url: string): string {
  const trimmed = url.trim().replace(/\/+$/, '');
  const [, scheme = '', host = '', path = '', rest = ''] =
    URL_PARTS.exec(trimmed.includes('://') ? trimmed : `http://${trimmed}`) ?? [];
  return `${scheme.toLowerCase()}://${host.toLowerCase()}${path.replace(/\/+$/, '')}${rest}`;
}

/** The adapter of ali-acr puts the registry in the place of the service's URL before the endpoint is stored. */
export function storedUrl(type: string, url: string): string {
  const form = normaliseUrl(url);
  return type === 'ali-acr' ? form.replace(ALI_SERVICE, 'https://registry.$1.aliyuncs.com') : form;
}
