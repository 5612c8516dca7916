import type { Deployment } from './deployment';

export const STEP_IDS = [
  'before',
  'machine',
  'host',
  'images',
  'harbor',
  'edge',
  'cluster',
  'health',
  'apply',
  'conform',
] as const;
export type StepId = (typeof STEP_IDS)[number];
export type StackId = 'machine' | 'images' | 'harbor' | 'edge' | 'cluster';

/** What is run. Every action can be repeated, and does nothing where nothing differs. */
export type Action =
  /** Synthesised, planned, shown, asked for and applied; not applied where the plan is empty. */
  | { readonly kind: 'stack'; readonly stack: StackId; readonly destroy: boolean }
  /** By its name. It looks at the host before it changes it. */
  | { readonly kind: 'playbook'; readonly playbook: string }
  | { readonly kind: 'breakwater'; readonly args: readonly string[] };

export interface Step {
  readonly id: StepId;
  /** What for, in a few words. */
  readonly title: string;
  readonly actions: readonly Action[];
}

export interface StepOptions {
  /** A Harbor of another version runs: it is proven before and after. */
  readonly upgrade: boolean;
  /** Where reports go: `.breakwater/up/prod`. */
  readonly reports: string;
  /** `--policies`, `--instance`, `--overlay`, as they were given. */
  readonly declaration: readonly string[];
  /** Of `breakwater health`. */
  readonly waitSeconds: number;
  readonly yes: boolean;
}

/**
 * The order. Images come before Harbor, so that a pull that fails leaves Harbor running: Terraform destroys a
 * container before the image of the next one is there. Harbor comes before the edge: it makes the network.
 */
export function steps(deployment: Deployment, options: StepOptions): readonly Step[] {
  const { upgrade, reports, declaration, waitSeconds, yes } = options;
  const conform = (to: string): Action => breakwater('conform', ...declaration, '--report', `${reports}/${to}`);
  return [
    ...(upgrade ? [step('before', 'record which pulls work now', conform('before'))] : []),
    ...(deployment.machine
      ? [step('machine', 'create the VM with disk, firewall and DNS record', stack('machine'))]
      : []),
    ...(deployment.cluster ? [step('cluster', "Harbor's chart", stack('cluster'))] : onOneHost(deployment)),
    step(
      'health',
      'check the certificate, one pull and one job',
      breakwater('health', ...declaration, '--wait', `${waitSeconds}s`),
    ),
    step('apply', 'configure Harbor', breakwater('apply', ...declaration, ...(yes ? ['--yes'] : []))),
    step('conform', 'verify pulls', conform('after')),
  ];
}

function onOneHost({ edge }: Deployment): Step[] {
  return [
    step('host', "set up Docker, users, directories and Harbor's configuration files", playbook('host')),
    step('images', 'pull every image, before anything stops', stack('images')),
    step('harbor', "start Harbor's containers", stack('harbor')),
    ...(edge ? [step('edge', 'start Traefik and get the certificate', stack('edge'))] : []),
  ];
}

/**
 * The other way round: a network with Traefik on it cannot be removed. What is below the data volume, the
 * certificates and the host stay: nothing here made them.
 */
export function destroySteps({ cluster, edge }: Deployment): readonly Step[] {
  const ids: StackId[] = cluster ? ['cluster'] : [...(edge ? (['edge'] as const) : []), 'harbor', 'images'];
  return ids.map((id) => step(id, 'removed; the data is kept', stack(id, true)));
}

function step(id: StepId, title: string, ...actions: Action[]): Step {
  return { id, title, actions };
}

function stack(id: StackId, destroy = false): Action {
  return { kind: 'stack', stack: id, destroy };
}

function playbook(name: string): Action {
  return { kind: 'playbook', playbook: name };
}

function breakwater(...args: string[]): Action {
  return { kind: 'breakwater', args };
}
