import type { Deployment } from './deployment';

/** All that exist, in their order. An environment has some of them. */
export const STEP_IDS = [
  'before',
  'machine',
  'drain',
  'host',
  'images',
  'harbor',
  'edge',
  'return',
  'cluster',
  'health',
  'apply',
  'conform',
] as const;
/** Names of the command line, of records and of plans: they are not renamed. */
export type StepId = (typeof STEP_IDS)[number];
/** Names of the stacks in cdktf.out. */
export type StackId = 'machine' | 'images' | 'harbor' | 'edge' | 'cluster';

/** What is run. Every action can be repeated and does nothing if nothing differs. */
export type Action =
  /** Synthesized, planned, shown, confirmed and applied; not applied if the plan is empty. */
  | { readonly kind: 'stack'; readonly stack: StackId; readonly destroy: boolean }
  /** By its name. It looks at the host before it changes it. */
  | { readonly kind: 'playbook'; readonly playbook: string; readonly variables?: Readonly<Record<string, unknown>> }
  | { readonly kind: 'breakwater'; readonly args: readonly string[] };

/** What a person can start with, end with, or run alone. */
export interface Step {
  readonly id: StepId;
  /** The purpose in a few words. */
  readonly title: string;
  readonly actions: readonly Action[];
}

/** What decides which steps there are, and with which arguments. */
export interface StepOptions {
  /** A Harbor of another version runs: it is verified before and after. */
  readonly upgrade: boolean;
  /** Directory for reports: `.breakwater/up/prod`. */
  readonly reports: string;
  /** `--policies`, `--instance`, `--overlay`, as given. */
  readonly declaration: readonly string[];
  /** Timeout of `breakwater health`. */
  readonly waitSeconds: number;
  readonly yes: boolean;
}

/**
 * The order. Images come before Harbor, so that a failed pull leaves Harbor running: Terraform destroys a container
 * before it pulls the next image. Harbor comes before the edge because it creates the network.
 *     step      runs                    there if                             on failure
 *     before    conform                 another version runs                 continues
 *     machine   stack                   the VM is declared                   stops
 *     drain     playbook pair           upgrade of one of two machines       stops
 *     host      playbook host           containers on one host               stops
 *     images    stack                   as above                             stops; nothing was stopped yet
 *     harbor    stack                   as above                             stops; may still migrate
 *     edge      stack                   Traefik is declared                  stops
 *     return    playbook pair           as drain                             stops
 *     cluster   stack                   a cluster instead of a host          stops
 *     health    health                  always                               stops
 *     apply     apply                   always                               stops
 *     conform   conform                 always                               exit code 7
 */
export function steps(deployment: Deployment, options: StepOptions): readonly Step[] {
  const { upgrade, reports, declaration, waitSeconds, yes } = options;
  const where = deployment.connectTo === undefined ? [] : ['--connect-to', deployment.connectTo];
  const conform = (to: string): Action =>
    breakwater('conform', ...declaration, '--report', `${reports}/${to}`, ...where);
  return [
    ...(upgrade ? [step('before', 'record which pulls work now', conform('before'))] : []),
    ...(deployment.machine
      ? [step('machine', 'create the VM with disk, firewall and DNS record', stack('machine'))]
      : []),
    ...(deployment.cluster ? [step('cluster', "Harbor's chart", stack('cluster'))] : onOneHost(deployment, upgrade)),
    step(
      'health',
      'check the certificate, one pull and one job',
      breakwater('health', ...declaration, '--wait', `${waitSeconds}s`, ...where),
    ),
    step('apply', 'configure Harbor', breakwater('apply', ...declaration, ...(yes ? ['--yes'] : []))),
    step('conform', 'verify pulls', conform('after')),
  ];
}

/**
 *     (drain) ─► host ─► images ─► harbor ─► (edge) ─► (return)
 *
 * `drain` and `return` only for an upgrade of a pair of machines. Images are pulled before anything stops, so
 * that the time without Harbor is short.
 */
function onOneHost({ edge, movesAddress }: Deployment, upgrade: boolean): Step[] {
  const drained = (value: boolean): Action => ({ ...playbook('pair'), variables: { harbor_pair_drained: value } });
  const moves = upgrade && movesAddress === true;
  return [
    ...(moves ? [step('drain', 'leave the address to the other machine', drained(true))] : []),
    step('host', "set up Docker, users, directories and Harbor's configuration files", playbook('host')),
    step('images', 'pull every image, before anything stops', stack('images')),
    step('harbor', "start Harbor's containers", stack('harbor')),
    ...(edge ? [step('edge', 'start Traefik and get the certificate', stack('edge'))] : []),
    ...(moves ? [step('return', 'let the address come back', drained(false))] : []),
  ];
}

/**
 * The reverse order: a network with Traefik on it cannot be removed. The data volume, the certificates and the host
 * stay, because these stacks did not create them.
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

function playbook(name: string): Extract<Action, { kind: 'playbook' }> {
  return { kind: 'playbook', playbook: name };
}

function breakwater(...args: string[]): Action {
  return { kind: 'breakwater', args };
}
