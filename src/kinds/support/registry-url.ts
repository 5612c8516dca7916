const URL_PARTS = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(.*)/is;
const ALI_SERVICE = /^https:\/\/cr\.([\w-]+)\.aliyuncs\.com$/;

/** Removes trailing slashes. A regular expression (`/\/+$/`) takes quadratic time if there are many before the end. */
export function withoutSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end--;
  return text.slice(0, end);
}

/**
 * As Harbor stores it: trimmed, no trailing slash, `http://` if there is no scheme, host in lower case. Parts that
 * Harbor would remove without an error (user and password, a query, a fragment) stay, so that `checkUrl` reports them.
 */
export function normaliseUrl(url: string): string {
  const trimmed = withoutSlashes(url.trim());
  const [, scheme = '', host = '', path = '', rest = ''] =
    URL_PARTS.exec(trimmed.includes('://') ? trimmed : `http://${trimmed}`) ?? [];
  return `${scheme.toLowerCase()}://${host.toLowerCase()}${withoutSlashes(path)}${rest}`;
}

/** The adapter of ali-acr replaces the URL of the service by that of the registry before the endpoint is stored. */
export function storedUrl(type: string, url: string): string {
  const form = normaliseUrl(url);
  return type === 'ali-acr' ? form.replace(ALI_SERVICE, 'https://registry.$1.aliyuncs.com') : form;
}
