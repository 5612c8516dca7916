const URL_PARTS = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)/i;
const ALI_SERVICE = /^https:\/\/cr\.([\w-]+)\.aliyuncs\.com$/;

/** As Harbor stores it: trimmed, no slash at the end, `http://` where no scheme is given, no query, host in lower case. */
export function normaliseUrl(url: string): string {
  const trimmed = url.trim().replace(/\/+$/, '');
  const [, scheme = '', host = '', path = ''] =
    URL_PARTS.exec(trimmed.includes('://') ? trimmed : `http://${trimmed}`) ?? [];
  return `${scheme.toLowerCase()}://${host.toLowerCase()}${path.replace(/\/+$/, '')}`;
}

/** The adapter of ali-acr puts the registry in the place of the service's URL before the endpoint is stored. */
export function storedUrl(type: string, url: string): string {
  const form = normaliseUrl(url);
  return type === 'ali-acr' ? form.replace(ALI_SERVICE, 'https://registry.$1.aliyuncs.com') : form;
}
