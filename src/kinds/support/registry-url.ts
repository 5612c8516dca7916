const URL_PARTS = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(.*)/is;
const ALI_SERVICE = /^https:\/\/cr\.([\w-]+)\.aliyuncs\.com$/;

/** Without the slashes at its end. An expression (`/\/+$/`) takes quadratic time where many stand before the end. */
export function withoutSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end--;
  return text.slice(0, end);
}

/**
 * As Harbor stores it: trimmed, no slash at the end, `http://` where no scheme is given, host in lower case. What Harbor
 * would cut off without an error (user and password, a query, a fragment) stays, for `checkUrl` to say so.
 */
export function normaliseUrl(url: string): string {
  const trimmed = withoutSlashes(url.trim());
  const [, scheme = '', host = '', path = '', rest = ''] =
    URL_PARTS.exec(trimmed.includes('://') ? trimmed : `http://${trimmed}`) ?? [];
  return `${scheme.toLowerCase()}://${host.toLowerCase()}${withoutSlashes(path)}${rest}`;
}

/** The adapter of ali-acr puts the registry in the place of the service's URL before the endpoint is stored. */
export function storedUrl(type: string, url: string): string {
  const form = normaliseUrl(url);
  return type === 'ali-acr' ? form.replace(ALI_SERVICE, 'https://registry.$1.aliyuncs.com') : form;
}
