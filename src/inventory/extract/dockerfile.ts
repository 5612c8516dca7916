import { dockerfileImages } from '../dockerfile/images';
import type { Extractor } from '../found';

const NAME =
  /(?:^|\/)(?:(?:Dockerfile|Containerfile|dockerfile|containerfile)(?:[._-][^/]*)?|[^/]+[._-](?:Dockerfile|Containerfile|dockerfile|containerfile))$/;

/** Dockerfiles and Containerfiles, also those of BuildKit and of Windows. */
export const dockerfile: Extractor = {
  name: 'dockerfile',
  claims: (path) =>
    NAME.test(path.replace(/\.(?:j2|tmpl|tpl|template|in)$/, '')) &&
    !/\.(?:dockerignore|containerignore|md|sh|py|json|ya?ml)$/.test(path),
  extract: (text, start) => dockerfileImages(text, start, text.length),
};
