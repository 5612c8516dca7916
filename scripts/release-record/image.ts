/** The effective instructions of an image's Dockerfile. */
export interface ImageDefaults {
  readonly user?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly healthcheck?: string;
}

/** @param dockerfile of the final image; instructions of its base are unknown */
export function readImage(dockerfile: string): ImageDefaults {
  const lines = dockerfile.replaceAll(/\\\n/g, ' ').split('\n');
  const last = (instruction: string): string | undefined =>
    lines.flatMap((line) => new RegExp(`^${instruction}\\s+(.+?)\\s*$`).exec(line)?.[1] ?? []).at(-1);
  const user = last('USER');
  const entrypoint = last('ENTRYPOINT');
  const command = last('CMD');
  const healthcheck = last('HEALTHCHECK')?.replace(/^.*?CMD\s+/, '');
  return {
    ...(user !== undefined && { user }),
    ...(entrypoint !== undefined && { entrypoint: words(entrypoint) }),
    ...(command !== undefined && { command: words(command) }),
    ...(healthcheck !== undefined && { healthcheck }),
  };
}

function words(text: string): string[] {
  return text.startsWith('[') ? (JSON.parse(text) as string[]) : [text];
}
